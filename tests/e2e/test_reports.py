"""Reports in a browser: a question asked, kept, put on a dashboard; funnel, retention, focus list; who may not."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served


@pytest.fixture
def at(browser: Browser, world: Served, world_owner: StorageState) -> Iterator[Callable[[str], Page]]:
    with visiting(browser, world.url, world_owner) as page:

        def open_(path: str) -> Page:
            page.goto(path)
            return page

        yield open_


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.locator(".ant-select-item-option").get_by_text(option, exact=True).click()
    page.keyboard.press("Escape")


def test_a_question_is_asked_kept_and_put_on_a_dashboard(at):
    page = at("/reports?tab=explore")
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("成交额 GMV ¥")
    choose(page, "维度", "渠道来源")
    expect(page).to_have_url(re.compile("by=day%2Csource"))
    page.get_by_text("对比上期", exact=True).click()
    expect(title).to_contain_text("，比上期")
    page.get_by_text("看表格", exact=True).click()
    expect(page.get_by_role("columnheader", name="渠道来源")).to_be_visible()
    expect(page.get_by_role("cell", name="包裹卡").first).to_be_visible()
    # A colleague who opens the address sees the same.
    address = page.url
    page.goto(address)
    expect(title).to_contain_text("，比上期")

    page.get_by_role("button", name="保存报表").click()
    page.get_by_label("报表名称").fill("各来源每天")
    page.get_by_role("dialog").get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("button", name="各来源每天")).to_be_visible()

    page.get_by_role("tab", name="看板").click()
    page.get_by_role("button", name="新建看板").click()
    page.get_by_label("看板名称").fill("我的看板")
    page.get_by_label("报表（按显示顺序）").fill("各来源每天")
    page.locator(".ant-select-item-option").get_by_text("各来源每天", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").get_by_role("button", name="保存", exact=True).click()
    expect(title).to_have_text("我的看板")
    expect(page.get_by_role("region", name="各来源每天").first).to_be_visible()


def test_every_role_has_a_dashboard_with_its_charts(at):
    page = at("/reports")
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("操盘手看板")
    expect(page.get_by_role("heading", name="每月 GMV 与毛利")).to_be_visible()
    choose(page, "看哪块看板", "活动看板")
    expect(title).to_have_text("活动看板")
    expect(page.get_by_role("heading", name="从添加好友到下单")).to_be_visible()
    expect(page.get_by_role("heading", name="首购之后每月回购")).to_be_visible()


def test_a_measure_nobody_has_facts_of_says_why(at):
    page = at("/reports?tab=explore&measures=add_rate&by=")
    expect(page.get_by_role("heading", level=1)).to_have_text("加粉率：还没有扫码事件 code_scanned")


def test_a_combination_without_an_answer_is_explained(at):
    page = at("/reports?tab=explore&measures=conversion&by=product")
    expect(page.get_by_role("alert")).to_contain_text("不能按 product 拆分")


def test_a_funnel_is_built_and_cut(at):
    page = at("/reports?tab=funnel")
    expect(page.get_by_role("heading", level=1)).to_contain_text("走到了购买")
    choose(page, "按客户拆分", "渠道来源")
    expect(page.get_by_role("region", name="包裹卡")).to_be_visible()
    page.get_by_role("button", name="加一步").click()
    expect(page).to_have_url(re.compile("steps="))
    expect(page.get_by_role("region", name="全部").get_by_role("row")).to_have_count(4)


def test_retention_is_a_heat_table(at):
    page = at("/reports?tab=retention&period=90d")
    expect(page.get_by_role("heading", level=1)).to_contain_text("购买")
    page.get_by_text("按周", exact=True).click()
    expect(page).to_have_url(re.compile("grain=week"))
    expect(page.get_by_role("row", name=re.compile("^合计")).get_by_role("cell").nth(2)).to_contain_text("%")


def test_the_focus_list_judges_groups_and_tells_them_by_category(at):
    page = at("/reports?tab=focus&period=30d")
    expect(page.get_by_role("region", name="该停的")).to_be_visible()
    groups = page.get_by_role("table")
    expect(groups.get_by_role("cell", name="包裹卡").first).to_be_visible()
    expect(groups.get_by_role("cell", name="没有购买").first).to_be_visible()
    page.get_by_label("时薪").fill("75")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("wage=75"))
    choose(page, "按什么看人", "员工")
    expect(groups.get_by_role("columnheader", name="员工", exact=True).first).to_be_visible()
    page.set_viewport_size({"width": 375, "height": 760})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_staff_account_is_told_why_it_sees_nothing(world: Served, browser: Browser):
    with visiting(browser, world.url, sign_in(browser, world.url, "staff")) as page:
        page.goto("/reports?tab=explore")
        expect(page.get_by_text("您没有权限看这里")).to_be_visible()
