"""A running journey is paused and resumed with a look at who is overdue, changed, and brought back to what it was."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served

FILE = """kind: journey
key: pause-and-back
name: 停一停
triggers:
- manual: true
entry: each
steps:
- id: hello
  title: 问候
  message:
    text: 你好
    purpose: service
- id: rest
  title: 等三天
  wait:
    for: {days}d
- id: bye
  message:
    text: 再见
    purpose: service
"""


@pytest.fixture
def manager(browser: Browser, world: Served, world_owner: StorageState) -> Iterator[Page]:
    with visiting(browser, world.url, world_owner) as page:
        yield page


def keep(page: Page, days: int) -> None:
    page.request.post(
        f"{page.url.split('/journeys')[0]}/api/journeys/apply",
        data={"text": FILE.format(days=days)},
        headers=csrf(page),
    )


def csrf(page: Page) -> dict[str, str]:
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    return {"X-CSRFToken": token}


def publish(page: Page, choice: str = "") -> None:
    page.get_by_role("button", name="发布", exact=True).click()
    dialog = page.get_by_role("dialog")
    if choice:
        dialog.get_by_role("radio", name=choice).check()
    dialog.get_by_role("button", name="这样发布").click()
    expect(dialog).to_have_count(0)


def test_paused_resumed_changed_and_brought_back(manager):
    page = manager
    page.goto("/journeys")
    keep(page, 3)
    page.goto("/journeys/pause-and-back")
    publish(page)
    expect(page.get_by_text("运行中 v1")).to_be_visible()

    page.get_by_role("button", name="暂停", exact=True).click()
    expect(page.get_by_text("已暂停 v1")).to_be_visible()
    page.get_by_role("button", name="恢复", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("暂停期间没有人到时间。")
    dialog.get_by_role("radio", name="顺延：暂停的时间不算，每个人接着往下走").check()
    dialog.get_by_role("button", name="恢复", exact=True).click()
    expect(page.get_by_text("运行中 v1")).to_be_visible()

    keep(page, 9)
    page.reload()
    publish(page)
    expect(page.get_by_text("运行中 v2")).to_be_visible()
    page.get_by_role("tab", name="版本").click()
    row = page.get_by_role("row").filter(has_text="v1")
    expect(row).to_contain_text("0 人")
    row.get_by_role("button", name="恢复成草稿").click()
    expect(page.get_by_text("第 1 版已成为草稿，看过影响再发布")).to_be_visible()
    publish(page)
    expect(page.get_by_text("运行中 v1")).to_be_visible()
