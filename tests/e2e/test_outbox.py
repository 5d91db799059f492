"""The outbox: what became of messages and why, a channel and a journey paused and resumed, a dead letter sent again."""

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import ROOT, Served

# A customer deletes their staff member, who then writes to them; what comes of it is the served house's doing.
BEGIN = """
import django
django.setup()
from potager import assembly
from potager.core import clock, store
from potager.people.models import Customer
from potager.touch.drafts import Intent
from potager.touch.intents import intend
assembly.assemble()
who = Customer.objects.filter(owner__active=True, state="live").order_by("id")[0]
about = {"person": who.person_key, "sender": who.owner.key, "at": clock.now().isoformat()}
"""
DELETE_AND_WRITE = """
assembly.SIMULATOR.act([{**about, "kind": "delete"}])
with store.write():
    intend([Intent(who.id, "sim_message", "您的积分快到期了", step="manual:points", purpose="service")])
print(who.id)
"""
ADD_AGAIN = """
assembly.SIMULATOR.act([{**about, "kind": "add"}])
"""


def inside(house: Served, script: str) -> str:
    """Run it in a process beside the served one, on the same data; returns what it printed."""
    env = {
        **{key: value for key, value in os.environ.items() if key != "POTAGER_DATABASE"},
        "POTAGER_HOME": str(house.home),
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "potager.settings",
    }
    done = subprocess.run([sys.executable, "-c", BEGIN + script], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


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
    sent = next(each for each in said["verdicts"] if each["rule"] == "")
    verdicts = page.get_by_role("region", name="触达规则拦下了什么")
    passed = verdicts.get_by_role("row").filter(has_text="没有规则反对")
    expect(passed).to_contain_text("放行")
    expect(passed).to_contain_text(f"{sent['n']:,}")


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


def test_a_dead_letter_says_why_and_is_sent_again(outbox, world: Served):
    cid = inside(world, DELETE_AND_WRITE)
    page = outbox("failed")
    for _ in range(30):
        if answer(page, "lost")["total"] == 1:
            break
        page.wait_for_timeout(1_000)
    outbox("failed")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 条没送到")
    row = page.get_by_role("row").filter(has_text="您的积分快到期了")
    expect(row).to_contain_text("客户已删除该员工，送不到")
    inside(world, ADD_AGAIN)
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="重发选中的 1 条").click()
    page.get_by_role("tooltip").get_by_role("button", name="重发").click()
    expect(page.get_by_text("1 条已重新安排")).to_be_visible()
    expect(page.get_by_role("heading", name="没有没送到的消息")).to_be_visible()
    touches = f"{world.url}/api/touch/touches?cid={cid}"
    for _ in range(30):
        rows = [each for each in page.request.get(touches).json()["items"] if each["text"] == "您的积分快到期了"]
        if "delivered" in {each["state"] for each in rows}:
            break
        page.wait_for_timeout(1_000)
    assert sorted(each["state"] for each in rows) == ["delivered", "failed"]


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
