"""A planner writes a staff SOP: who, when, what to do. Only what fits staff is offered; results say who did it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served
from tests.e2e.test_journey_editor import choose, saved


@pytest.fixture
def planner(browser: Browser, world: Served, world_owner):
    with visiting(browser, world.url, world_owner) as page:
        yield page


def test_a_morning_meeting_is_written_and_published(planner):
    page = planner
    page.goto("/journeys")
    page.get_by_role("button", name="新建员工 SOP").click()
    expect(page).to_have_url(re.compile(r"/journeys/staff-\w+/edit"))
    page.get_by_label("旅程名称").fill("早会")
    expect(page.get_by_text("目标：发生这件事算成功")).to_have_count(0)
    page.get_by_label("账号角色（不选是全部）").click()
    page.locator(".ant-select-dropdown:visible").get_by_title("员工", exact=True).click()
    page.keyboard.press("Escape")
    choose(page, "哪些日子", "每天或星期几")
    page.get_by_role("button", name="先加第一步").click()
    expect(page.get_by_role("menuitem")).to_have_text(["等待", "随机分流", "员工任务", "结束"])
    page.get_by_role("menuitem", name="员工任务", exact=True).click()
    page.get_by_label("要员工做什么", exact=True).fill("开早会")
    saved(page)
    expect(page.get_by_role("heading", name="可以发布了")).to_be_visible()
    page.get_by_role("button", name="完成", exact=True).click()
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="这样发布").click()
    expect(page.get_by_text("运行中 v1")).to_be_visible()
    expect(page.get_by_text("每天 09:00，名单里的员工").first).to_be_visible()
    expect(page.get_by_role("tab", name="谁在里面")).to_have_count(0)
    page.get_by_role("tab", name="结果").click()
    expect(page.get_by_text("还没有待办")).to_be_visible()
    page.goto("/journeys")
    expect(page.get_by_role("row", name=re.compile("早会 员工 SOP"))).to_be_visible()
