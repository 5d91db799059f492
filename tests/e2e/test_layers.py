"""The layers page: a model is built, counted before it is saved, treated by a card, and told of over time."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served


@pytest.fixture
def at_layers(browser: Browser, world: Served, world_owner: StorageState) -> Iterator[Page]:
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/")
        page.get_by_role("link", name="分层").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("每位客户都在一层里"))
        yield page


def add_event(step: Locator, page: Page) -> None:
    """Give a layer the condition that the builder offers first for events: bought within 90 days."""
    step.get_by_role("button", name="条件", exact=True).click()
    page.get_by_role("menuitem", name="行为").click()


def people(text: str) -> int:
    return int(re.sub(r"\D", "", text.split("人")[0]))


def test_a_model_is_built_counted_saved_and_removed(at_layers: Page):
    page = at_layers
    page.get_by_role("button", name="新建分层").click()
    form = page.get_by_role("dialog")
    form.get_by_label("名称", exact=True).fill("近期购买")
    first = form.get_by_role("region", name="第 1 层")
    first.get_by_label("层的名称").fill("买过")
    expect(form.get_by_role("button", name="先看看每层多少人")).to_be_disabled()
    add_event(form.get_by_role("region", name="买过"), page)
    form.get_by_role("button", name="再加一层").click()
    form.get_by_role("region", name="第 2 层").get_by_label("层的名称").fill("也买过")
    add_event(form.get_by_role("region", name="也买过"), page)
    form.get_by_role("region", name="其余").get_by_label("其余的人叫什么").fill("没买")
    form.get_by_role("button", name="先看看每层多少人").click()
    expect(form.get_by_text(re.compile(r"共 [\d,]+ 人，每人恰好一层"))).to_be_visible()
    # Both conditions are the same: the first has everybody, the second nobody, though its condition alone fits many.
    second = form.get_by_role("region", name="也买过").locator(".grow")
    expect(second).to_have_text(re.compile(r"^0 人\s*（单看条件 [1-9]\d* 人）$"))
    upper = people(form.get_by_role("region", name="买过", exact=True).locator(".grow").inner_text())
    rest = people(form.get_by_role("region", name="其余").locator(".strong").last.inner_text())
    total = people(form.get_by_text(re.compile("每人恰好一层")).inner_text())
    assert 0 < upper < total
    assert upper + rest == total
    # The second goes to the top by keyboard, and the numbers go with the order.
    form.get_by_role("button", name="上移 也买过").focus()
    page.keyboard.press("Enter")
    assert form.get_by_role("region").first.get_attribute("aria-label") == "也买过"
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_text("分层已保存")).to_be_visible()
    page.get_by_role("tab", name="近期购买").click()
    expect(page.get_by_role("heading", name="近期购买：从上到下，先符合哪条就是哪层")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^也买过.*近 90 天"))).to_be_visible()
    page.get_by_role("button", name="删除", exact=True).click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("tab", name="近期购买")).to_have_count(0)


def test_a_card_says_how_a_layer_is_treated_and_when_it_is_reviewed(at_layers: Page):
    page = at_layers
    page.get_by_role("tab", name="AIPL").click()
    page.get_by_role("button", name="兴趣 I 的策略卡").click()
    form = page.get_by_role("dialog")
    form.get_by_label("目标").fill("30 天内完成首单")
    form.get_by_label("在用的 SOP").click()
    page.locator(".ant-select-item-option").first.click()
    page.keyboard.press("Escape")
    form.get_by_label("复盘日期").fill("2026-01-05")
    form.get_by_role("button", name="保存").click()
    row = page.get_by_role("row", name=re.compile("^兴趣 I"))
    expect(row.get_by_text("30 天内完成首单")).to_be_visible()
    expect(row.get_by_text("2026-01-05 该复盘了")).to_be_visible()
    expect(row.get_by_role("link").last).to_have_attribute("href", re.compile("/journeys/"))


def test_movement_is_drawn_and_the_layers_are_told_of_by_week(at_layers: Page):
    page = at_layers
    page.get_by_role("tab", name="新老客").click()
    expect(page.get_by_role("img", name="谁动了：从哪层到哪层").locator("canvas")).to_be_visible()
    trend = page.get_by_role("region", name="各层的购买率")
    trend.get_by_text("看表格").click()
    expect(trend.get_by_role("cell", name=re.compile(r"%$")).first).to_be_visible()
    stays = page.get_by_role("region", name="在一层待多久")
    expect(stays.get_by_role("cell", name=re.compile("天$")).first).to_be_visible()


def test_rfm_is_scored_by_fifths_when_the_operator_asks_for_it(at_layers: Page):
    page = at_layers
    page.get_by_role("button", name="新建分层").click()
    form = page.get_by_role("dialog")
    form.get_by_label("名称", exact=True).fill("RFM 打分")
    form.get_by_text("RFM", exact=True).click()
    form.get_by_label("高低怎么定").click()
    page.get_by_title("五分位打分（5×5×5）").click()
    form.get_by_role("button", name="保存").click()
    page.get_by_role("tab", name="RFM 打分").click()
    expect(page.get_by_role("row", name=re.compile("^核心客户.*不要打折"))).to_be_visible()
    page.get_by_role("button", name="删除", exact=True).click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("tab", name="RFM 打分")).to_have_count(0)
