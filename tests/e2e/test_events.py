"""Behaviour sent by a program: heard without being planned, then named by an operator."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def send(owner: Page) -> Callable[..., None]:
    """Send one event over /v1 with a write key made for it."""
    cookies = {each["name"]: each["value"] for each in owner.context.cookies()}
    issued = owner.request.post(
        "/api/facts/write-keys",
        data={"key": f"program-{uuid4().hex[:8]}", "name": "微信小程序"},
        headers={"X-CSRFToken": cookies["csrftoken"]},
    )
    assert issued.status == 201, issued.text()
    secret = issued.json()["secret"]

    def send(event: str, **properties: object) -> None:
        said = properties or {"product": "SKU-1", "price": 128}
        body = {"userId": "u1", "event": event, "properties": said, "writeKey": secret}
        answer = owner.request.post("/v1/track", data=body)
        assert answer.json()["accepted"] == 1, answer.text()

    return send


def test_an_unplanned_event_is_listed_and_named(owner: Page, send: Callable[..., None]):
    send("wishlist_added")
    owner.goto("/events")
    row = owner.get_by_role("row").filter(has_text="wishlist_added")
    # It is counted when the warehouse has taken it in, which follows within seconds.
    for _ in range(30):
        if row.count() > 0 and "1 次" in row.inner_text():
            break
        owner.wait_for_timeout(1_000)
        owner.reload()
        owner.get_by_role("table").wait_for()
    expect(row).to_contain_text("1 次")
    expect(row.get_by_text("未登记")).to_be_visible()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("1 种还没有登记")

    row.get_by_role("button", name="登记").click()
    owner.get_by_label("中文名").fill("加入心愿单")
    owner.get_by_role("button", name="保存").click()
    expect(row.get_by_text("加入心愿单")).to_be_visible()
    expect(row.get_by_text("已登记")).to_be_visible()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("全部已登记")


def test_who_is_in_a_group_chat_is_asked_for_in_the_builder(owner: Page, send: Callable[..., None]):
    send("group_joined", group_chat="wr-1", purpose="福利")
    send("group_joined", group_chat="wr-2", purpose="学习")
    send("group_left", group_chat="wr-2")
    owner.goto("/audiences/new")
    owner.get_by_role("button", name="条件", exact=True).first.click()
    owner.get_by_role("menuitem", name="群聊", exact=True).click()
    owner.get_by_label("群定位").fill("福利")
    owner.get_by_role("combobox", name="群聊 ID").fill("wr-1")
    owner.keyboard.press("Enter")
    expect(owner.locator(".card.calm p")).to_contain_text("在定位为「福利」的群「wr-1」里")
    for _ in range(30):
        if "1 人" in owner.locator(".big-number").inner_text():
            break
        # The facts come to the warehouse within seconds; asking for another state asks again.
        choose(owner, "进过群")
        choose(owner, "在群里")
        owner.wait_for_timeout(1_000)
    expect(owner.locator("[aria-busy=false] .big-number")).to_have_text("1 人")
    choose(owner, "已退群")
    expect(owner.locator("[aria-busy=false] .big-number")).to_have_text("0 人")


def choose(page: Page, state: str) -> None:
    page.get_by_role("combobox", name="在不在群").click()
    page.locator(".ant-select-dropdown:visible").get_by_title(state, exact=True).click()


def pick(page: Page, label: str, value: str) -> None:
    page.get_by_role("dialog").last.get_by_label(label, exact=True).click()
    page.locator(".ant-select-dropdown:visible").get_by_title(value, exact=True).click()


def saved(page: Page, dialogs: int) -> None:
    page.get_by_role("dialog").last.get_by_role("button", name=re.compile("保 ?存")).click()
    expect(page.get_by_role("dialog")).to_have_count(dialogs)


def test_an_event_is_planned_and_a_property_gets_another_type(owner: Page, send: Callable[..., None]):
    send("quiz_done", score="7", colour="red")
    send("quiz_done", score="high", colour="blue")
    owner.goto("/events")
    owner.get_by_role("button", name="登记新事件").click()
    owner.get_by_label("标识").fill("quiz_done")
    owner.get_by_label("中文名").fill("答完测验")
    saved(owner, 0)
    row = owner.get_by_role("row").filter(has_text="quiz_done")
    expect(row).to_contain_text("答完测验")
    for _ in range(30):
        if "2 次" in row.inner_text():
            break
        owner.wait_for_timeout(1_000)
        owner.reload()
        owner.get_by_role("table").wait_for()

    row.get_by_role("button", name="属性").click()
    owner.get_by_role("button", name="score · 2 次").click()
    owner.get_by_label("中文名").fill("得分")
    saved(owner, 1)
    score = owner.get_by_role("dialog").get_by_role("row").filter(has_text="score")
    expect(score).to_contain_text("文本")
    owner.get_by_role("button", name="登记属性").click()
    owner.get_by_label("标识").fill("price")
    owner.get_by_label("中文名").fill("价格")
    pick(owner, "类型", "金额")
    saved(owner, 1)
    expect(owner.get_by_role("dialog").get_by_role("row").filter(has_text="price")).to_contain_text("金额")

    score.get_by_role("button", name="换类型").click()
    owner.get_by_role("combobox", name="类型").click()
    owner.locator(".ant-select-dropdown:visible").get_by_title("小数", exact=True).click()
    expect(owner.get_by_text("收到过 2 个值，其中 1 个放不进「小数」，例如：high。")).to_be_visible()
    owner.get_by_role("dialog").last.get_by_role("button", name="换类型").click()
    expect(score).to_contain_text("小数")
    expect(score).to_contain_text("1 个值与类型不符")
