"""The affinity page: rules are filtered, a product selects its people, a bundle is simulated; and who may not."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served


@pytest.fixture
def owner(browser: Browser, world: Served, world_owner: StorageState) -> Iterator[Page]:
    with visiting(browser, world.url, world_owner) as page:
        yield page


def choose(page: Page, label: str, place: int = 0) -> str:
    """Pick an item of a list that is not picked yet; its name."""
    page.get_by_label(label, exact=True).click()
    options = page.locator(".ant-select-dropdown:visible .ant-select-item-option:not(.ant-select-item-option-selected)")
    name = options.nth(place).inner_text()
    options.nth(place).click()
    page.keyboard.press("Escape")
    return name.split("（")[0]


def test_rules_are_narrowed_in_the_address_and_taken_away(owner):
    owner.goto("/")
    owner.get_by_role("link", name="商品关联").click()
    owner.get_by_text("品类", exact=True).click()
    owner.get_by_label("可信程度").click()
    owner.get_by_title("全部", exact=True).click()
    expect(owner).to_have_url(re.compile("sure=1"))
    expect(owner.get_by_role("heading", level=1)).to_have_text(re.compile("的人有 .+ 也买.+倍"))
    expect(owner.get_by_text(re.compile(r"近 365 天 .+ 人、.+ 种，算到"))).to_be_visible()
    owner.get_by_label("提升度至少").fill("0")
    owner.get_by_label("提升度至少").press("Enter")
    expect(owner).to_have_url(re.compile("lift=0"))
    chosen = choose(owner, "含有…")
    rows = owner.locator("tbody tr")
    expect(rows.first).to_contain_text(chosen)
    expect(rows.filter(has_not_text=chosen)).to_have_count(0)
    with owner.expect_download() as download:
        owner.get_by_role("link", name="下载 CSV").click()
    assert download.value.suggested_filename == "affinity-category-customer.csv"
    owner.get_by_text("同一单", exact=True).click()
    expect(owner).to_have_url(re.compile("basket=order"))


def test_a_product_selects_its_people_and_they_become_an_audience(owner):
    owner.goto("/affinity?tab=lookalike&by=category&size=15")
    choose(owner, "没买过的目标商品")
    owner.get_by_role("button", name="排序").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("前 15 人")
    ranking = owner.get_by_role("region", name="最像的 15 人")
    expect(ranking.get_by_text(re.compile("一半人学"))).to_be_visible()
    expect(ranking.get_by_role("link")).to_have_count(15)
    owner.get_by_role("button", name="存为人群").click()
    owner.get_by_label("名称").fill("像买家的十五人")
    owner.get_by_role("dialog").get_by_role("button", name="存为人群").click()
    expect(owner).to_have_url(re.compile("/audiences/like-"))
    expect(owner.get_by_role("heading", level=1)).to_contain_text("像买家的十五人")


def test_a_bundle_says_whom_it_is_for_and_whether_it_pays(owner):
    owner.goto("/affinity?tab=bundle")
    expect(owner.get_by_text("选两到四件商品，再给一个组合价")).to_be_visible()
    first, second = choose(owner, "选 2–4 件商品"), choose(owner, "选 2–4 件商品", 1)
    owner.get_by_label("组合价（元）").fill("0.01")
    owner.get_by_role("button", name="模拟").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("卖多少都不回本")
    groups = owner.get_by_role("region", name="谁有一部分、缺一部分")
    expect(groups.get_by_role("cell", name=first, exact=True).first).to_be_visible()
    expect(groups.get_by_role("cell", name=second, exact=True).first).to_be_visible()
    owner.get_by_label("组合价（元）").fill("9999")
    owner.get_by_role("button", name="模拟").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("不比分开卖少赚")
    owner.get_by_label("组合价（元）").fill("一百")
    owner.get_by_role("button", name="模拟").click()
    expect(owner.get_by_role("alert")).to_contain_text("不是有效数字")


def test_what_never_counts_is_left_out_from_then_on(owner):
    owner.goto("/affinity")
    owner.get_by_role("tab", name="怎么算").click()
    expect(owner.get_by_label("看最近")).to_have_value("365")
    left_out = choose(owner, "不算的品类")
    owner.get_by_label("至少一起出现").fill("6")
    owner.get_by_role("button", name="保存并重新计算").click()
    expect(owner.get_by_text("已保存，正在后台重新计算")).to_be_visible()
    owner.reload()
    expect(owner.get_by_label("至少一起出现")).to_have_value("6")
    expect(owner.get_by_title(left_out)).to_be_visible()
    owner.goto("/affinity?tab=lookalike&by=category")
    owner.get_by_label("没买过的目标商品", exact=True).click()
    offered = owner.locator(".ant-select-dropdown:visible .ant-select-item-option")
    expect(offered.first).to_be_visible()
    expect(offered.filter(has_text=left_out)).to_have_count(0)
    # As it was: the world of these tests is shared.
    owner.goto("/affinity?tab=settings")
    owner.get_by_title(left_out).locator(".ant-select-selection-item-remove").click()
    owner.get_by_label("至少一起出现").fill("5")
    owner.get_by_role("button", name="保存并重新计算").click()
    expect(owner.get_by_text("已保存，正在后台重新计算")).to_be_visible()


def test_a_customers_page_says_what_they_may_buy_next(owner):
    owner.goto("/customers")
    owner.locator("tbody tr").first.get_by_role("link").click()
    expect(owner.get_by_role("heading", name="下一件最可能买")).to_be_visible()
    expect(owner.get_by_role("region", name="下一件最可能买")).to_contain_text(re.compile("倍|再买|还没有可靠的推荐"))


def test_staff_are_told_that_the_page_is_not_for_them(browser, world):
    with visiting(browser, world.url, sign_in(browser, world.url, "staff")) as page:
        page.goto("/affinity")
        expect(page.get_by_text("您没有权限看这里")).to_be_visible()
