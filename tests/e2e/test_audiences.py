"""Audiences made of audiences, as an operator makes them: overlap, a region kept, combined, sampled, split."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect
from python_calamine import CalamineWorkbook

from tests.e2e.conftest import visiting
from tests.e2e.served import Served


@pytest.fixture
def at_audiences(browser: Browser, world: Served, world_owner: StorageState) -> Iterator[Page]:
    with visiting(browser, world.url, world_owner) as page:
        page.goto("/")
        page.get_by_role("link", name="人群").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("个人群"))
        yield page


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def choose(page: Page, label: str, *places: int) -> None:
    """Choose options of a select by their place, as they stand in the open list."""
    page.get_by_label(label, exact=True).click()
    options = page.locator(".ant-select-dropdown:visible .ant-select-item-option")
    for place in places:
        options.nth(place).click()
    page.keyboard.press("Escape")


def test_an_overlap_is_read_and_a_region_kept_with_its_people(at_audiences: Page):
    page = at_audiences
    page.get_by_role("link", name="看重叠").click()
    expect(page.get_by_text("还没选够人群")).to_be_visible()
    choose(page, "要比较的人群", 0, 1, 2)
    table = page.get_by_role("table", name="看重叠")
    expect(table).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^3 个人群，合起来 [\d,]+ 人$"))
    total = number(page.get_by_role("heading", level=1).inner_text().split("合起来")[1])
    rows = table.locator("tbody tr")
    sizes = [number(text) for text in rows.locator("td.strong").all_inner_texts()]
    assert sum(sizes) == total > 0
    assert sizes == sorted(sizes, reverse=True)
    # Each audience's size is the sum of the regions that have its dot.
    heads = [number(text) for text in table.locator("thead .sub").all_inner_texts()]
    for place, whole in enumerate(heads):
        dots = [row.locator("td.upset-set .upset-dot").nth(place).get_attribute("aria-label") for row in rows.all()]
        assert sum(size for size, dot in zip(sizes, dots, strict=True) if dot == "在") == whole
    # Opened by its address it says the same: the texts of its page have come with it.
    page.reload()
    expect(page.locator(".sentence").get_by_role("link", name="人群", exact=True)).to_be_visible()
    expect(table.get_by_role("columnheader", name="人数", exact=True)).to_be_visible()
    rows.first.get_by_role("button", name=re.compile("存成名单")).click()
    form = page.get_by_role("dialog")
    form.get_by_label("名称", exact=True).fill("最大的一块")
    form.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"最大的一块：{sizes[0]:,} 人的固定名单")


def test_audiences_are_combined_sampled_and_split(at_audiences: Page):
    page = at_audiences
    page.get_by_role("button", name="组合人群").click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_text("请至少选一个人群")).to_be_visible()
    form.get_by_text("并集：在任意一个里").click()
    choose(page, "哪些人群", 0, 1, 2, 3)
    form.get_by_label("名称", exact=True).fill("合起来")
    form.get_by_role("button", name="保存").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile("^合起来：[1-9][0-9,]* 人的固定名单$"))
    whole = number(heading.inner_text())

    page.get_by_role("button", name="导出").click()
    form = page.get_by_role("dialog", name="导出成员")
    choose(page, "带上哪些分层", 0)
    with page.expect_download() as told:
        form.get_by_role("link", name="导出").click()
    assert told.value.suggested_filename.endswith(".xlsx")
    sheet = CalamineWorkbook.from_path(told.value.path()).get_sheet_by_index(0).to_python()
    assert (len(sheet), len(sheet[0])) == (whole + 1, 5)
    assert all(row[4] for row in sheet)
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()

    page.get_by_role("button", name="抽样或拆分").click()
    form = page.get_by_role("dialog", name="抽样或拆分")
    form.get_by_label("抽多少（%）").fill("50")
    form.get_by_role("button", name="保存").click()
    expect(heading).to_have_text(f"合起来 · 抽样：{(whole + 1) // 2:,} 人的固定名单")

    page.get_by_role("link", name="人群", exact=True).last.click()
    page.get_by_role("link", name="合起来", exact=True).click()
    page.get_by_role("button", name="抽样或拆分").click()
    form.get_by_text("拆分", exact=True).click()
    form.get_by_role("button", name="再加一份").click()
    for part, share in ((1, "6"), (2, "3"), (3, "1")):
        form.get_by_label(f"第 {part} 份的份额").fill(share)
    form.get_by_role("button", name="保存").click()
    rows = page.get_by_role("row").filter(has_text=re.compile(r"合起来 · 第 \d 份"))
    expect(rows).to_have_count(3)
    assert sum(number(text) for text in rows.locator("td.num").all_inner_texts()) == whole

    # The sample lies within what it was drawn from: one region has both, the other the rest.
    page.get_by_role("link", name="看重叠").click()
    page.get_by_label("要比较的人群", exact=True).click()
    for name in ("合起来", "合起来 · 抽样"):
        page.locator(".ant-select-dropdown:visible .ant-select-item-option").get_by_text(name, exact=True).click()
    page.keyboard.press("Escape")
    regions = page.get_by_role("table", name="看重叠").locator("tbody tr")
    both = regions.filter(has=page.locator(".upset-dot.on"))
    expect(regions).to_have_count(2)
    assert number(both.locator("td.strong").inner_text()) == (whole + 1) // 2
    assert sum(number(text) for text in regions.locator("td.strong").all_inner_texts()) == whole
