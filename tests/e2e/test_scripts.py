"""A copywriter writes a script for two kinds of customers, is stopped by a sensitive word, looks at it as a customer
would read it and submits it; a colleague publishes it, and it is found and said."""

import re

from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=option).first.click()


def write(page: Page) -> None:
    page.goto("/scripts")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"^12 条话术，1 条等待审核$"))
    page.get_by_role("button", name="新建话术").click()
    form = page.get_by_role("dialog")
    form.get_by_label("标题").fill("防晒要补涂吗")
    form.get_by_role("combobox", name="客户阶段").click()
    page.locator(".ant-select-dropdown:visible").get_by_title("解疑", exact=True).click()
    form.get_by_role("button", name=re.compile("保 ?存")).click()

    drawer = page.locator(".ant-drawer").filter(has_text="防晒要补涂吗")
    drawer.get_by_text("2.0 分心理", exact=True).click()
    drawer.get_by_label("给新客").fill("出门前二十分钟涂，这是国家级好防晒")
    drawer.get_by_label("给老客").fill("您上次买的{上次商品|防晒}每两小时补一次")
    findings = drawer.get_by_role("list", name="敏感词")
    expect(findings).to_contain_text("给新客的正文第 12 字「国家级」不能发布：改成说得出依据的事实")
    drawer.get_by_role("button", name="提交审核").click()
    expect(drawer.get_by_role("alert")).to_contain_text("有不能用的词：给新客的正文第 12 字的「国家级」")
    drawer.get_by_label("给新客").fill("出门前二十分钟涂一枚硬币的量")
    expect(findings).to_have_count(0)

    choose(page, "选一位客户预览", re.compile("."))
    preview = drawer.get_by_test_id("preview")
    expect(preview).to_have_text(re.compile("^(出门前二十分钟涂一枚硬币的量|您上次买的.+每两小时补一次)$"))
    drawer.get_by_role("button", name="提交审核").click()
    expect(drawer.get_by_text("您提交的话术要由另一位经理或所有者审核发布。")).to_be_visible()
    expect(drawer.get_by_role("button", name="审核通过并发布")).to_have_count(0)


def publish(page: Page) -> None:
    page.goto("/scripts?state=in_review")
    page.get_by_role("button", name="防晒要补涂吗", exact=True).click()
    drawer = page.locator(".ant-drawer").filter(has_text="防晒要补涂吗")
    expect(drawer.get_by_label("给新客")).to_have_value("出门前二十分钟涂一枚硬币的量")
    drawer.get_by_role("button", name="审核通过并发布").click()
    expect(drawer.get_by_text("现在用的是第 1 版")).to_be_visible()
    choose(page, "选一位客户", re.compile("."))
    drawer.get_by_role("button", name="复制并记一次使用").click()
    expect(page.get_by_text("已复制，记下一次使用")).to_be_visible()


def test_a_script_is_written_reviewed_published_found_and_said(
    browser: Browser, world: Served, world_owner: StorageState
):
    manager = sign_in(browser, world.url, "manager")
    with visiting(browser, world.url, world_owner) as page:
        write(page)
    with visiting(browser, world.url, manager) as page:
        publish(page)
        page.goto("/scripts")
        page.get_by_role("searchbox", name="搜话术").fill("硬币补一次")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("search="))
        expect(page.get_by_role("button", name="防晒要补涂吗", exact=True)).to_be_visible()
        page.get_by_role("navigation", name="文件夹").get_by_role("button", name=re.compile("^唤回")).click()
        expect(page.get_by_text("没有找到")).to_be_visible()


def test_personas_questions_and_words(browser: Browser, world: Served, world_owner: StorageState):
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/scripts?tab=personas")
        card = page.locator("section.card").filter(has=page.get_by_role("heading", name="护肤顾问小沐"))
        expect(card).to_contain_text("宝子")
        page.get_by_role("tab", name="疑问库").click()
        page.get_by_role("button", name="添加问题").click()
        form = page.get_by_role("dialog")
        form.get_by_label("问题", exact=True).fill("眼霜要天天用吗？")
        form.get_by_label("回答 1").fill("眼霜能根治细纹")
        form.get_by_role("button", name=re.compile("保 ?存")).click()
        expect(form.get_by_role("alert")).to_contain_text("第 1 条回答第 4 字的「根治」")
        form.get_by_label("回答 1").fill("早晚各一次，米粒大小就够")
        form.get_by_role("button", name=re.compile("保 ?存")).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("searchbox", name="搜问题和回答").fill("米粒")
        page.keyboard.press("Enter")
        expect(page.get_by_text("眼霜要天天用吗？")).to_be_visible()
        expect(page.get_by_text("敏感肌可以用吗？")).to_have_count(0)
        page.get_by_role("tab", name="敏感词").click()
        page.get_by_label("词", exact=True).fill("小黑瓶")
        page.get_by_role("button", name=re.compile("保 ?存")).click()
        expect(page.get_by_role("button", name="删除「小黑瓶」")).to_be_visible()


def test_who_only_reads_is_offered_no_writing(browser: Browser, world: Served):
    with visiting(browser, world.url, sign_in(browser, world.url, "viewer")) as page:
        page.goto("/scripts?script=first-words")
        drawer = page.locator(".ant-drawer").filter(has_text="加好友第一句")
        expect(drawer.get_by_text("现在用的是第 1 版")).to_be_visible()
        expect(drawer.get_by_role("button", name="提交审核")).to_have_count(0)
        expect(drawer.get_by_role("button", name="复制并记一次使用")).to_have_count(0)
        expect(drawer.get_by_text("历史版本")).to_be_visible()
        expect(page.get_by_role("tab", name="敏感词")).to_have_count(0)
