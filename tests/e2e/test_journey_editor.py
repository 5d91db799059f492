"""A planner draws an SOP from an empty canvas with mouse and keys, publishes it, edits it while people are inside, and
reads why one of them is where they are."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served

DAYS = 14


@pytest.fixture
def planner(browser: Browser, world: Served, world_owner: StorageState) -> Iterator[Page]:
    with visiting(browser, world.url, world_owner) as page:
        yield page


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.locator(".ant-select-dropdown:visible").get_by_title(value, exact=True).click()


def card(page: Page, step: str):
    return page.locator(f".react-flow__node[data-id='{step}']")


def add_by_keys(page: Page, after: str, kind: str, step: str) -> None:
    """On the canvas: + opens the kinds, arrows and Enter take one; the new step is chosen."""
    card(page, after).focus()
    page.keyboard.press("+")
    expect(page.get_by_role("menuitem", name=kind, exact=True)).to_be_visible()
    active = page.locator(".ant-dropdown-menu-item-active")
    offered = page.locator(".ant-dropdown-menu-item:visible").all_inner_texts()
    expect(active).to_have_count(1)
    for each in offered[offered.index(active.inner_text()) + 1 : offered.index(kind) + 1]:
        page.keyboard.press("ArrowDown")
        # Enter takes what has the focus, which follows the mark.
        expect(page.get_by_role("menuitem", name=each, exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".react-flow__node.selected")).to_have_attribute("data-id", step)


def saved(page: Page) -> None:
    expect(page.get_by_text("草稿已存")).to_be_visible()


def draw_fourteen_days(page: Page) -> str:
    page.goto("/journeys")
    page.get_by_role("button", name="新建旅程").click()
    expect(page).to_have_url(re.compile(r"/journeys/journey-\w+/edit"))
    page.get_by_label("旅程名称").fill("14 天打卡")
    page.get_by_label("给谁、做什么").fill("每天一个小任务")
    choose(page, "什么时候进来", "手动加入")
    page.get_by_role("button", name="先加第一步").click()
    page.get_by_role("menuitem", name="消息", exact=True).click()
    page.get_by_label("发出的内容").fill("欢迎参加 14 天打卡！")
    page.get_by_role("button", name="在「「欢迎参加 14 天打卡！」」之后加一步").click()
    page.get_by_role("menuitem", name="等待", exact=True).click()
    for day in range(1, DAYS):
        if day > 1:
            add_by_keys(page, f"message-{day}", "等待", f"wait-{day}")
        choose(page, "等什么", "到几点")
        page.get_by_label("几点", exact=True).fill("09:00")
        add_by_keys(page, f"wait-{day}", "消息", f"message-{day + 1}")
        page.get_by_label("发出的内容").fill(f"第 {day + 1} 天：今天也别忘了打卡")
    saved(page)
    expect(page.get_by_role("heading", name="可以发布了")).to_be_visible()
    return page.url.split("/journeys/")[1].split("/")[0]


def test_a_journey_is_drawn_published_edited_live_and_traced(planner):
    page = planner
    key = draw_fourteen_days(page)
    # Taken back and brought again.
    add_by_keys(page, "message-2", "判断", "branch-1")
    expect(page.get_by_text("还没有条件：所有人都走这条路")).to_be_visible()
    card(page, "branch-1").focus()
    page.keyboard.press("Control+z")
    expect(card(page, "branch-1")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(card(page, "branch-1")).to_be_visible()
    card(page, "branch-1").click()
    page.get_by_label("第 1 条路 去", exact=True).click()
    page.locator(".ant-select-dropdown:visible").get_by_text("结束", exact=True).click()
    page.get_by_label("第 1 条路 这条路叫什么", exact=True).fill("已经买过")
    page.get_by_role("button", name="按条件筛选").click()
    page.get_by_role("button", name="条件", exact=True).click()
    page.get_by_role("menuitem", name="行为", exact=True).click()
    page.get_by_role("button", name="用这个条件").click()
    expect(page.get_by_text("还没有条件：所有人都走这条路")).to_have_count(0)
    saved(page)
    page.get_by_role("button", name="完成", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/journeys/{key}\?show=draft"))

    page.get_by_role("button", name="发布", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("第一次发布")
    dialog.get_by_role("button", name="这样发布").click()
    expect(page.get_by_text("运行中 v1")).to_be_visible()

    enter(page)
    wait_until_at(page, "wait-1")
    page.get_by_role("button", name="编辑", exact=True).click()
    card(page, "wait-1").click()
    page.keyboard.press("Delete")
    expect(card(page, "wait-1")).to_have_count(0)
    saved(page)
    page.get_by_role("button", name="完成", exact=True).click()
    page.get_by_role("button", name="发布", exact=True).click()
    expect(dialog).to_contain_text("现在在其中的人")
    expect(dialog).to_contain_text("停在「wait-1」的人（这一步被删掉，移动时会去「message-2」）")
    dialog.get_by_role("radio", name="移到新版本的同一步").check()
    dialog.get_by_role("button", name="这样发布").click()
    expect(page.get_by_text("运行中 v2")).to_be_visible()

    page.get_by_role("tab", name="谁在里面").click()
    page.get_by_role("button", name="为什么走到这里").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("欢迎参加 14 天打卡")


def enter(page: Page) -> None:
    """A tenth of the customers, by hand."""
    page.get_by_role("button", name="手动加入客户").click()
    drawer = page.get_by_role("dialog", name="手动加入")
    drawer.get_by_role("button", name="条件", exact=True).first.click()
    page.get_by_role("menuitem", name="随机比例", exact=True).click()
    expect(drawer.get_by_text(re.compile(r"^会加入 \d+ 人$"))).to_be_visible()
    drawer.get_by_role("button", name="让这些人进入").click()
    expect(page.get_by_text("这些人正在进入，进度在旅程页上")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^(\d+) 人里进入了 \1 人$"))).to_be_visible()


def wait_until_at(page: Page, step: str) -> None:
    """The next tick takes them there; the page is read again until it has."""
    for _ in range(30):
        expect(card(page, step)).to_contain_text("在这里")
        if "在这里 0" not in card(page, step).inner_text():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"nobody came to {step}")


def test_what_is_not_right_yet_is_said_where_it_is(planner):
    page = planner
    page.goto("/journeys/journey-unfinished/edit?new=1")
    page.get_by_role("button", name="先加第一步").click()
    page.get_by_role("menuitem", name="员工任务", exact=True).click()
    expect(page.get_by_text(re.compile("^还没存：「"))).to_be_visible()
    page.get_by_label("要员工做什么").fill("打电话回访")
    page.get_by_role("button", name=re.compile("在「打电话回访」之后加一步")).click()
    page.get_by_role("menuitem", name="标签", exact=True).click()
    card(page, "start").click()
    page.get_by_label("旅程名称").fill("回访")
    saved(page)
    expect(page.get_by_role("heading", name="还有 1 处要处理，才能发布")).to_be_visible()
    page.get_by_role("button", name=re.compile("没有标签|标签")).last.click()
    expect(page.get_by_role("heading", name="标签")).to_be_visible()
    page.get_by_role("button", name="删掉这一步").click()
    expect(page.get_by_role("heading", name="可以发布了")).to_be_visible()


def test_who_may_only_read_does_not_draw(browser, world):
    with visiting(browser, world.url, sign_in(browser, world.url, "viewer")) as page:
        page.goto("/journeys")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("button", name="新建旅程")).to_have_count(0)
        page.goto("/journeys/new-customer-7d/edit")
        expect(page.get_by_text("您没有权限看这里")).to_be_visible()


def test_waits_by_weekday_and_own_date_and_a_random_split(planner):
    page = planner
    page.goto("/journeys")
    page.get_by_role("button", name="新建旅程").click()
    page.get_by_label("旅程名称").fill("周末与纪念日")
    choose(page, "什么时候进来", "手动加入")
    page.get_by_role("button", name="先加第一步").click()
    page.get_by_role("menuitem", name="等待", exact=True).click()
    choose(page, "等什么", "到几点")
    page.get_by_label("几点", exact=True).fill("10:30")
    page.get_by_label("只在星期几", exact=True).click()
    page.locator(".ant-select-dropdown:visible").get_by_title("周六", exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_text("按客户当地时间（客户没填时区时按店铺时间）").click()
    expect(card(page, "wait-1")).to_contain_text("等到 10:30（按客户当地时间），只在周六")

    add_by_keys(page, "wait-1", "等待", "wait-2")
    choose(page, "等什么", "到客户的日子")
    choose(page, "当天还是前后", "之前")
    page.get_by_label("相差天数").fill("3")
    page.get_by_text("每年都有（生日、纪念日）").click()
    expect(card(page, "wait-2")).to_contain_text("每年「首次出现日期」前 3 天")

    add_by_keys(page, "wait-2", "随机分流", "random-1")
    expect(page.get_by_text("只分流，不比较：同一个人每次都走同一条路。")).to_be_visible()
    add_by_keys(page, "random-1", "结束", "exit-1")
    saved(page)
    expect(page.get_by_role("heading", name="可以发布了")).to_be_visible()
    # The draft keeps what the form says.
    page.reload()
    card(page, "wait-2").click()
    expect(page.get_by_label("相差天数")).to_have_value("3")
