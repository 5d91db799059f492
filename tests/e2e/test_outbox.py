"""The outbox: what became of messages and why, a channel and a journey paused and resumed, a dead letter sent again."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served


@pytest.fixture
def outbox(world: Served, world_owner: StorageState, page: Page):
    page.context.add_cookies(world_owner["cookies"])

    def open_(tab: str = "") -> Page:
        page.goto(f"{world.url}/outbox{f'?tab={tab}' if tab else ''}")
        page.get_by_role("heading", level=1).wait_for()
        return page

    return open_


def answer(page: Page, path: str) -> Any:
    return page.request.get(f"{page.url.split('/outbox')[0]}/api/touch/outbox/{path}").json()


def switch(page: Page, row: Locator, act: str, consequence: str) -> None:
    row.get_by_role("button", name=act).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(consequence)
    dialog.get_by_role("button", name=re.compile(act)).click()
    expect(dialog).to_be_hidden()


def test_it_says_what_became_of_messages_and_which_rule_held_them_back(outbox):
    page = outbox()
    expect(page.get_by_role("heading", level=1)).to_contain_text("条在等")
    page.get_by_text("近 30 天", exact=True).click()
    expect(page).to_have_url(re.compile("window=month"))
    said = answer(page, "counts?days=30")
    channels = page.get_by_role("region", name="各通道的消息现在到了哪里")
    row = channels.get_by_role("row").filter(has_text="模拟·员工消息")
    reached = ("staff_confirmed", "delivered", "read", "clicked", "replied")
    n = sum(each["n"] for each in said["states"] if each["channel"] == "sim_message" and each["state"] in reached)
    assert n > 0
    expect(row.get_by_role("cell").nth(4)).to_have_text(f"{n:,}")
    capped = next(each for each in said["verdicts"] if each["rule"] == "quiet")
    verdicts = page.get_by_role("region", name="触达规则拦下了什么")
    held = verdicts.get_by_role("row").filter(has_text="免打扰时段").first
    expect(held).to_contain_text("推迟")
    expect(held).to_contain_text(f"{capped['n']:,}")


@pytest.mark.parametrize(("card", "n"), [("通道", 1), ("旅程", 0)])
def test_a_channel_and_a_journey_are_paused_and_go_on(outbox, card: str, n: int):
    page = outbox("ways")
    row = page.get_by_role("region", name=card, exact=True).get_by_role("row").nth(n + 1)
    switch(page, row, "暂停", "继续排队")
    expect(row).to_contain_text("已暂停")
    expect(page.locator("header.sentence")).to_contain_text("1 处已暂停或熔断")
    page.reload()
    expect(row).to_contain_text("已暂停")
    switch(page, row, "恢复发送", "重新过一遍触达规则")
    expect(row).to_contain_text("正常")


def test_a_dead_letter_says_why_and_is_sent_again(outbox):
    page = outbox("failed")
    letters = [each for each in answer(page, "lost?size=200")["items"] if each["may_retry"]]
    assert letters, "a world in which nobody deletes a staff member"
    first = letters[0]
    row = page.get_by_role("row").filter(has_text=first["text"][:20]).first
    expect(row).to_contain_text("客户已删除该员工，送不到")
    page.get_by_role("checkbox", name=f"选中「{first['customer_name'] or '未命名客户'}」的消息").first.check()
    page.get_by_role("button", name="重发选中的 1 条").click()
    page.get_by_role("tooltip").get_by_role("button", name="重发").click()
    expect(page.get_by_text("1 条已重新安排")).to_be_visible()
    assert answer(page, "lost?size=1")["total"] == len(answer(page, "lost?size=200")["items"])
    assert first["id"] not in [each["id"] for each in answer(page, "lost?size=200")["items"]]


def test_what_is_empty_and_what_fails_says_so(outbox, page: Page):
    outbox("unknown")
    expect(page.get_by_role("heading", name="没有不明的消息")).to_be_visible()

    def fail(route: Route) -> None:
        route.fulfill(status=500, json={"code": "internal", "message": "", "place": ""})

    page.route("**/api/touch/outbox/ways*", fail)
    outbox("ways")
    expect(page.get_by_role("button", name="再试一次").first).to_be_visible()
    page.unroute("**/api/touch/outbox/ways*")
    page.get_by_role("button", name="再试一次").first.click()
    expect(page.get_by_role("region", name="通道", exact=True)).to_be_visible()


def test_a_reader_acts_on_nothing(world: Served, browser: Browser):
    state = sign_in(browser, world.url, "viewer")
    with visiting(browser, world.url, state) as page:
        page.goto("/outbox?tab=ways")
        expect(page.get_by_role("region", name="通道", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="暂停")).to_have_count(0)
        page.goto("/outbox?tab=failed")
        expect(page.get_by_role("region", name="没送到的消息")).to_be_visible()
        expect(page.get_by_role("checkbox")).to_have_count(0)
