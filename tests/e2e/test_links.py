"""An operator makes a link that tags who opens it, sends it to a customer, who opens it on their phone; the numbers
and the customer's timeline say so. A text of the house's own tells how long it was read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.42(0x18002a2c) NetType/WIFI Language/zh_CN"
)
BODY = "第一步：温水洗脸，一天不超过两次。\n\n第二步：三分钟内涂保湿。"


@contextmanager
def phone(browser: Browser, world: Served, agent: str = PHONE) -> Iterator[Page]:
    """A customer's: nobody is signed in."""
    context = browser.new_context(
        base_url=world.url, user_agent=agent, viewport={"width": 390, "height": 844}, reduced_motion="reduce"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    yield page
    context.close()
    assert faults == []


def make(page: Page, title: str, kind: str, field: str, value: str) -> None:
    page.get_by_role("button", name="新建链接").first.click()
    form = page.get_by_role("dialog")
    form.get_by_text(kind, exact=True).click()
    form.get_by_label("标题").fill(title)
    form.get_by_label(field, exact=True).fill(value)
    form.get_by_label("首次打开时提醒员工").fill("看完了，问问她想要哪一款")
    form.get_by_role("button", name=re.compile("保 ?存")).click()
    expect(drawer(page, title)).to_contain_text("在消息里这样写")


def drawer(page: Page, title: str):
    return page.locator(".ant-drawer").filter(has_text=title)


def hand_out(page: Page, title: str) -> tuple[str, str]:
    """The customer's name and the path of their own link."""
    opened = drawer(page, title)
    opened.get_by_role("combobox", name="选一位客户").click()
    option = page.locator(".ant-select-dropdown:visible .ant-select-item-option").first
    name = option.inner_text()
    option.click()
    opened.get_by_role("button", name="复制这位客户的短链").click()
    box = opened.get_by_label("这位客户的短链")
    expect(box).to_have_value(re.compile(r"/[rc]/\w{12}$"))
    expect(opened.get_by_role("heading", name=re.compile("^1 人收到，0 人打开$"))).to_be_visible()
    return name, urlsplit(box.input_value()).path


def test_a_text_is_made_sent_read_and_counted(browser: Browser, world: Served, world_owner: StorageState):
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/links")
        expect(page.get_by_text("客户的手机打不开")).to_be_visible()
        make(page, "敏感肌怎么护理", "本站文章", "正文", BODY)
        expect(drawer(page, "敏感肌怎么护理").get_by_test_id("place")).to_have_text(re.compile(r"^\{link:link-\w+\}$"))
        name, path = hand_out(page, "敏感肌怎么护理")
        with phone(browser, world) as customer:
            customer.goto(path)
            expect(customer.get_by_role("heading", level=1)).to_have_text("敏感肌怎么护理")
            expect(customer.get_by_text("第二步：三分钟内涂保湿。")).to_be_visible()
            customer.wait_for_timeout(2_200)
            customer.goto("about:blank")
            customer.wait_for_timeout(500)
        page.reload()
        opened = drawer(page, "敏感肌怎么护理")
        expect(opened.get_by_role("heading", name=re.compile("^1 人收到，1 人打开$"))).to_be_visible()
        expect(opened.get_by_text(re.compile("^中位 [23] 秒（1 人）$"))).to_be_visible()
        row = opened.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text(re.compile("[23] 秒"))
        row.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_text("打开链接", exact=True).first).to_be_visible()
        expect(page.get_by_text("敏感肌怎么护理").first).to_be_visible()


def test_an_address_leads_on_machines_count_apart_and_retired_it_is_over(
    browser: Browser, world: Served, world_owner: StorageState
):
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/links")
        page.get_by_role("button", name="新建链接").first.click()
        form = page.get_by_role("dialog")
        form.get_by_label("标题").fill("七日手册")
        form.get_by_label("打开的网址", exact=True).fill("shop.example.com")
        form.get_by_role("button", name=re.compile("保 ?存")).click()
        expect(form.get_by_role("alert")).to_contain_text("网址要以 http:// 或 https:// 开头")
        form.get_by_label("打开的网址", exact=True).fill(f"{world.url}/sign-in")
        form.get_by_role("button", name=re.compile("保 ?存")).click()
        _, path = hand_out(page, "七日手册")
        with phone(browser, world, "curl/8.5.0") as machine:
            machine.goto(path)
        with phone(browser, world) as customer:
            customer.goto(path)
            expect(customer).to_have_url(f"{world.url}/sign-in")
            customer.goto(path)
        page.reload()
        opened = drawer(page, "七日手册")
        expect(opened.get_by_role("heading", name=re.compile("^1 人收到，1 人打开$"))).to_be_visible()
        for figure in ("打开次数", "机器访问"):
            expect(opened.get_by_text(figure, exact=True).locator("xpath=..")).to_have_text(f"{figure}1")
        opened.get_by_role("button", name=re.compile("停 ?用")).click()
        page.get_by_role("button", name=re.compile("确 ?定")).click()
        expect(opened.get_by_role("button", name="恢复使用")).to_be_visible()
        with phone(browser, world) as customer:
            customer.goto(path)
            expect(customer.get_by_role("heading", name="这个链接已经过期")).to_be_visible()
        page.goto("/links?state=retired")
        expect(page.get_by_role("button", name="七日手册", exact=True)).to_be_visible()
        page.goto("/links?state=over")
        expect(page.get_by_text("没有找到")).to_be_visible()


def test_a_link_is_put_into_the_message_of_a_journey(browser: Browser, world: Served, world_owner: StorageState):
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/links")
        make(page, "回来看看", "网址", "打开的网址", "https://shop.example.com/back")
        place = drawer(page, "回来看看").get_by_test_id("place").inner_text()
        page.goto("/journeys")
        page.get_by_role("button", name="新建旅程").click()
        page.get_by_role("button", name="先加第一步").click()
        page.get_by_role("menuitem", name="消息", exact=True).click()
        page.get_by_role("combobox", name="插入链接").click()
        page.locator(".ant-select-dropdown:visible").get_by_title("回来看看", exact=True).click()
        expect(page.get_by_label("发出的内容")).to_have_value(place)


@pytest.mark.parametrize("login", ["viewer", "staff"])
def test_who_does_not_write_is_offered_no_writing(browser: Browser, world: Served, login: str):
    with visiting(browser, world.url, sign_in(browser, world.url, login)) as page:
        page.goto("/links")
        expect(page.get_by_role("heading", level=1)).to_contain_text("个链接可以发")
        for name in ("新建链接", "短链地址"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
