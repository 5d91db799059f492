"""An operator makes an exclusive group, tags a crowd after a look at the numbers, and takes it back."""

import re

from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served


def new_tag(page: Page, name: str, group: str) -> None:
    page.get_by_role("button", name="新建标签", exact=True).click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("名称", exact=True).fill(name)
    drawer.get_by_role("radio", name="员工手动打").check()
    drawer.get_by_label("分组").click()
    page.locator(".ant-select-dropdown:visible").get_by_title(group, exact=True).click()
    drawer.get_by_role("button", name=re.compile("保 ?存")).click()
    expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_exclusive_group_and_a_crowd_tagged_and_back(browser: Browser, world: Served, world_owner: StorageState):
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/tags")
        page.get_by_role("button", name="新建标签组").click()
        form = page.get_by_role("dialog")
        form.get_by_label("名称", exact=True).fill("会员等级")
        form.get_by_role("radio", name="琥珀").check()
        form.get_by_role("checkbox", name=re.compile("^互斥")).check()
        form.get_by_role("button", name=re.compile("保 ?存")).click()
        card = page.locator("section.card").filter(has=page.get_by_role("heading", name=re.compile("^会员等级")))
        expect(card).to_contain_text("互斥")
        expect(card).to_contain_text("这个组里还没有标签")
        new_tag(page, "金卡", "会员等级")
        new_tag(page, "银卡", "会员等级")
        page.get_by_role("button", name="把「会员等级」上移").click()
        expect(page.get_by_role("button", name="把「会员等级」下移")).to_be_enabled()

        tag_everybody(page, "银卡")
        expect(page.get_by_text(re.compile(r"条件选出 300 人：300 人 会打上，0 人 已经有了。$"))).to_be_visible()
        page.get_by_role("button", name="给 300 人 打上").click()
        expect(page.get_by_text(re.compile(r"^给 300 人 打上："))).to_be_visible()
        page.keyboard.press("Escape")
        page.goto("/tags")
        tag_everybody(page, "金卡")
        expect(page.get_by_text("其中 300 人 会因此失去原来的值，或互斥组里的另一个标签。")).to_be_visible()
        page.get_by_role("button", name="给 300 人 打上").click()
        page.get_by_role("button", name="撤销", exact=True).click()
        page.get_by_role("button", name=re.compile("^确 ?定$")).click()
        expect(page.get_by_text("已撤销：300 人 恢复原样，0 人 之后被改过，未动")).to_be_visible()
        expect(page.get_by_text("已撤销", exact=True)).to_be_visible()


def tag_everybody(page: Page, tag: str) -> None:
    page.get_by_role("button", name=tag, exact=True).click()
    page.get_by_role("button", name="批量打标").click()
    page.get_by_role("button", name="条件", exact=True).first.click()
    page.get_by_role("menuitem", name="随机比例", exact=True).click()
    page.get_by_label("到", exact=True).fill("100")
    page.keyboard.press("Tab")
