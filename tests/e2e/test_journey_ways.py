"""A planner says who enters a journey and when, how often one person may enter, and reads it back."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served
from tests.e2e.test_journey_editor import choose, saved


@pytest.fixture
def planner(browser: Browser, world: Served, world_owner):
    with visiting(browser, world.url, world_owner) as page:
        yield page


def begin(page: Page, key: str) -> None:
    page.goto(f"/journeys/{key}/edit?new=1")
    page.get_by_label("旅程名称").fill(key)
    page.get_by_role("button", name="先加第一步").click()
    page.get_by_role("menuitem", name="消息", exact=True).click()
    page.get_by_label("发出的内容").fill("生日快乐！")
    page.locator(".react-flow__node[data-id='start']").click()


def test_a_birthday_greeting_and_what_it_reads_like(planner):
    page = planner
    begin(page, "birthday")
    choose(page, "什么时候进来", "客户的日期")
    choose(page, "日期属性", "生日")
    choose(page, "之前还是之后", "之前")
    page.get_by_label("相差几天", exact=True).fill("3")
    page.get_by_label("互斥组", exact=True).fill("care")
    page.get_by_label("同时最多在几个旅程里", exact=True).fill("2")
    saved(page)
    expect(page.get_by_role("heading", name="可以发布了")).to_be_visible()
    page.get_by_role("button", name="完成", exact=True).click()
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="这样发布").click()
    expect(page.get_by_text("运行中 v1")).to_be_visible()
    expect(page.get_by_text("每年「生日」前 3 天 09:00").first).to_be_visible()


def test_every_way_in_is_filled_in(planner):
    page = planner
    begin(page, "ways-in")
    choose(page, "什么时候进来", "分层变化")
    page.get_by_label("分层模型", exact=True).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    page.get_by_label("到哪层（不选是任意）", exact=True).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    page.keyboard.press("Escape")
    saved(page)
    choose(page, "什么时候进来", "标签变化")
    page.get_by_label("标签", exact=True).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    page.get_by_text("去掉", exact=True).click()
    saved(page)
    choose(page, "什么时候进来", "离开人群")
    page.get_by_label("人群", exact=True).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    saved(page)
    choose(page, "什么时候进来", "定时")
    page.get_by_label("人群", exact=True).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    choose(page, "哪些日子", "节假日前后")
    choose(page, "节假日", "国庆")
    saved(page)
    expect(page.get_by_text(re.compile("国庆放假前 7 天 10:00，人群")).first).to_be_visible()
    choose(page, "哪些日子", "cron 表达式")
    saved(page)
    choose(page, "什么时候进来", "由程序加入")
    saved(page)
    expect(page.get_by_text("由程序加入").first).to_be_visible()


def test_the_houses_limits_are_kept(planner):
    page = planner
    page.goto("/journeys")
    page.get_by_role("button", name="进入上限").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("同时最多在几个旅程里", exact=True).fill("4")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("进入上限已保存")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="进入上限").click()
    expect(dialog.get_by_label("同时最多在几个旅程里", exact=True)).to_have_value("4")
    dialog.get_by_label("同时最多在几个旅程里", exact=True).fill("")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("进入上限已保存")).to_be_visible()
