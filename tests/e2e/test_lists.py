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

    row.get_by_role("button", name="改名").click()
    form = page.get_by_role("dialog", name="给「年会贵宾」改名")
    form.get_by_label("名称", exact=True).fill("年会嘉宾")
    form.get_by_label("用来做什么").fill("请柬")
    form.get_by_role("button", name="保存").click()
    expect(form).to_be_hidden()
    renamed = page.get_by_role("row").filter(has_text="年会嘉宾")
    expect(renamed).to_contain_text("请柬")
    expect(renamed).to_contain_text("2 人")


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).click()
    page.locator(".ant-select-dropdown:visible").get_by_text(value, exact=True).click()


def test_an_audience_is_scheduled_run_now_and_shown_with_its_next_run_and_size(at_lists: Page):
    page = at_lists
    page.goto("/audiences/new")
    page.get_by_label("名称").fill("每月月末的买家")
    page.get_by_role("button", name="条件", exact=True).click()
    page.get_by_role("menuitem", name="行为", exact=True).click()
    expect(page.locator("[aria-busy=false] .big-number")).to_have_text(re.compile(r"^[1-9][\d,]* 人$"))
    page.get_by_text("定时：到点算一次，中间不变").click()
    choose(page, "多久一次", "每月")
    page.get_by_label("几号").fill("31")
    page.get_by_label("第 1 个时间").fill("08:30")
    expect(page.get_by_text("每月 31 日 08:30 算一次，没有这一天的月份在最后一天")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page).to_have_url(re.compile(r"/audiences/audience"))
    expect(page.get_by_text("还没算过")).to_be_visible()
    expect(page.get_by_text(re.compile(r"下次 \d{4}-\d\d-(28|29|30|31) 08:30"))).to_be_visible()

    page.get_by_role("button", name="立即运行").click()
    said = page.get_by_text(re.compile(r"^已重新计算：[1-9][\d,]* 人$"))
    expect(said).to_be_visible()
    members = re.sub(r"\D", "", said.inner_text())
    expect(page.get_by_text(re.compile(r"上次计算 .*用时 [\d,]+ 毫秒 · 下次"))).to_be_visible()

    page.goto("/audiences")
    row = page.get_by_role("row").filter(has_text="每月月末的买家")
    assert members in re.sub(r",", "", row.inner_text())
    expect(row.get_by_text("定时", exact=True)).to_be_visible()
    expect(row.get_by_text(re.compile("下次 .* 08:30"))).to_be_visible()
    expect(row.get_by_role("img", name=re.compile("^近 30 天从"))).to_be_visible()

    row.get_by_role("link", name="每月月末的买家").click()
    page.get_by_text("实时：跟着数据进出").click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("人群已保存，下次刷新时进出")).to_be_visible()
    expect(page.get_by_role("button", name="立即运行")).to_be_hidden()


def test_audiences_are_found_by_name(at_lists: Page):
    page = at_lists
    page.goto("/audiences")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("个人群$"))
    for n in range(max(1, 11 - int(heading.inner_text().split()[0]))):
        made = page.request.post(
            "/api/insight/audiences",
            data={"key": f"found_{n}", "name_zh": f"寻找 {n}", "condition": {"all": []}},
            headers={"X-CSRFToken": token(page)},
        )
        assert made.ok, made.text()
    page.reload()
    page.get_by_label("按名称找人群").fill("寻找 0")
    rows = page.get_by_role("table", name="人群").locator("tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_label("按名称找人群").fill("没有这样的名字")
    expect(page.get_by_text("没有名称含「没有这样的名字」的人群")).to_be_visible()
    page.reload()
    expect(page.get_by_label("按名称找人群")).to_have_value("没有这样的名字")


def token(page: Page) -> str:
    return next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")
