"""Lists people upload and audiences computed by the clock, as an operator makes and uses them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, StorageState, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served

# Line 4 names the customer of line 3 again, line 5 nobody.
PEOPLE = "客户编号,备注\n1,甲\n2,乙\n2,再来\n999999999,没有\n3,丙\n"


def file(text: str) -> FilePayload:
    return {"name": "年会.csv", "mimeType": "text/csv", "buffer": text.encode()}


@pytest.fixture
def at_lists(browser: Browser, world: Served, world_owner: StorageState) -> Iterator[Page]:
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/")
        page.get_by_role("link", name="人群").click()
        page.get_by_role("tab", name="名单").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("份名单$"))
        yield page


def test_a_list_is_uploaded_looked_at_used_and_replaced(at_lists: Page):
    page = at_lists
    page.get_by_role("button", name="上传名单").first.click()
    form = page.get_by_role("dialog", name="上传名单")
    form.locator("input[type=file]").set_input_files(file(PEOPLE))
    expect(form.get_by_role("status")).to_have_text("读 5 行：认出 3 位客户，没认出 1 行，重复 1 行")
    odd = form.get_by_role("table", name="没认出和重复的行").get_by_role("row")
    expect(odd.nth(0)).to_have_text(re.compile("第 5 行.*没有这样的客户"))
    expect(odd.nth(1)).to_have_text("第 4 行与第 3 行是同一位客户")
    form.get_by_label("名称").fill("年会贵宾")
    form.get_by_role("button", name="保存").click()
    expect(form).to_be_hidden()
    row = page.get_by_role("row").filter(has_text="年会贵宾")
    expect(row).to_contain_text("3 人")
    expect(row).to_contain_text("还没有用处")
    with page.expect_download() as told:
        row.get_by_role("link", name="没认出的 1 行").click()
    lines = told.value.path().read_text("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["line", "5"]

    page.goto("/audiences/new")
    page.get_by_label("名称").fill("受邀的人")
    page.get_by_role("button", name="条件", exact=True).click()
    page.get_by_role("menuitem", name="名单").click()
    choose(page, "哪份名单", "年会贵宾")
    expect(page.locator(".card.calm p")).to_have_text("在名单「年会贵宾」上")
    expect(page.locator("[aria-busy=false] .big-number")).to_have_text("3 人")
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile(r"/audiences/audience"))

    page.goto("/audiences?tab=lists")
    row = page.get_by_role("row").filter(has_text="年会贵宾")
    expect(row.get_by_role("link", name="受邀的人")).to_be_visible()
    row.get_by_role("button", name="删除").click()
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("还在使用：受邀的人")).to_be_visible()

    row.get_by_role("button", name="换新文件").click()
    form = page.get_by_role("dialog", name="换新文件")
    form.locator("input[type=file]").set_input_files(file("客户编号\n4\n5\n"))
    expect(form.get_by_role("status")).to_have_text("读 2 行：认出 2 位客户，没认出 0 行，重复 0 行")
    form.get_by_role("button", name="保存").click()
    expect(form).to_be_hidden()
    expect(row).to_contain_text("2 人")
    expect(row).to_contain_text("全部认出")


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.locator(".ant-select-dropdown:visible").get_by_text(value, exact=True).click()
