"""Behaviour sent by a program: heard without being planned, then named by an operator."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def send(owner: Page) -> Callable[[str], None]:
    """Send one event over /v1 with a write key made for it."""
    cookies = {each["name"]: each["value"] for each in owner.context.cookies()}
    issued = owner.request.post(
        "/api/facts/write-keys",
        data={"key": "mini-program", "name": "微信小程序"},
        headers={"X-CSRFToken": cookies["csrftoken"]},
    )
    assert issued.status == 201, issued.text()
    secret = issued.json()["secret"]

    def send(event: str) -> None:
        body = {"userId": "u1", "event": event, "properties": {"product": "SKU-1", "price": 128}, "writeKey": secret}
        answer = owner.request.post("/v1/track", data=body)
        assert answer.json()["accepted"] == 1, answer.text()

    return send


def test_an_unplanned_event_is_listed_and_named(owner: Page, send: Callable[[str], None]):
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
