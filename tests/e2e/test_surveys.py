"""An operator writes a survey, looks at it, publishes it and sends it to a customer, who answers it on their phone; the
results say so."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served
from tests.e2e.test_links import phone


def write(page: Page) -> None:
    """Points, and what went wrong for those who gave few."""
    page.get_by_label("标题", exact=True).fill("一分钟问卷")
    for kind in ("文本", "0–10 打分"):
        page.get_by_role("button", name=kind, exact=True).click()
    page.get_by_role("button", name="第 2 题上移").click()
    page.get_by_label("第 1 题的题目").fill("愿意推荐我们吗？")
    page.get_by_label("第 2 题的题目").fill("哪里让您失望？")
    page.get_by_role("combobox", name="什么时候问").click()
    page.locator(".ant-select-dropdown:visible").get_by_title("只在「愿意推荐我们吗？」答了").click()
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_text("草稿已保存，发布后客户才看到")).to_be_visible()


def test_a_survey_is_written_sent_answered_and_read(browser: Browser, world: Served, world_owner: StorageState):
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/surveys")
        page.get_by_role("button", name="新建问卷").click()
        write(page)
        page.get_by_role("button", name=re.compile("预 ?览")).click()
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("愿意推荐我们吗？", exact=True)).to_be_visible()
        expect(frame.get_by_text("哪里让您失望？")).to_be_hidden()
        page.get_by_role("button", name=re.compile("发 ?布")).click()
        expect(page.get_by_text("收集中")).to_be_visible()
        page.get_by_role("tab", name="发送").click()
        page.get_by_role("combobox", name="选一位客户").click()
        page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
        page.get_by_role("button", name="复制这位客户的地址").click()
        box = page.get_by_label("这位客户的地址")
        expect(box).to_have_value(re.compile(r"/q/\w{12}$"))
        with phone(browser, world) as customer:
            customer.goto(urlsplit(box.input_value()).path)
            expect(customer.get_by_label("哪里让您失望？")).to_be_hidden()
            customer.get_by_role("button", name="提交").click()
            expect(customer.get_by_role("alert")).to_contain_text("还有 1 道题要看一下")
            customer.get_by_role("radio", name="0", exact=True).check()
            customer.get_by_label("哪里让您失望？").fill("等得太久")
            customer.get_by_role("button", name="提交").click()
            expect(customer.get_by_role("heading", name="谢谢您")).to_be_visible()
        page.reload()
        page.get_by_role("tab", name="结果").click()
        expect(page.get_by_text(re.compile("NPS [-−]100"))).to_be_visible()
        expect(page.get_by_text("等得太久")).to_be_visible()
        page.goto("/surveys")
        row = page.get_by_role("row").filter(has_text="一分钟问卷")
        expect(row).to_contain_text("1 人打开，1 人答完")
