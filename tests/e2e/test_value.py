"""The value page: what customers are worth, held against what happened, down to who they are."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served, potager, serving


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("journey")
    potager(home, "up", "--once", "--sample", "complete-journey")
    potager(home, "value", "fit")
    with serving(home) as served:
        yield served


@pytest.fixture(scope="module")
def signed_in(journey: Served, browser: Browser) -> StorageState:
    return sign_in(browser, journey.url, "owner")


@pytest.fixture
def at_value(browser: Browser, journey: Served, signed_in: StorageState) -> Iterator[Page]:
    with visiting(browser, journey.url, signed_in) as page:
        page.goto("/")
        page.get_by_role("link", name="客户价值").click()
        expect(page).to_have_url(re.compile("/value"))
        yield page


def test_the_verdict_stands_above_and_its_test_below(at_value: Page):
    heading = at_value.get_by_role("heading", level=1)
    expect(heading).to_have_text(re.compile(r"现有客户未来 12 个月还值 \$\S+，价值最高的一成占 \d+\.\d%"))
    expect(at_value.get_by_text("订单没有成本：这里是净额，不是毛利")).to_be_visible()
    test = at_value.get_by_role("region", name=re.compile("留出的 91 天里预计 1,582 次，实际 1,562 次，多估 1.3%"))
    expect(test.get_by_role("img")).to_be_visible()
    test.get_by_text("看表格").click()
    expect(test.get_by_role("cell", name=re.compile(r"^0–\d+ 次$"))).to_be_visible()
    expect(test.get_by_role("columnheader", name="实际每人的 95% 区间")).to_be_visible()
    weeks = at_value.get_by_role("region", name=re.compile("2017-10-02 之后的 13 周"))
    weeks.get_by_text("看表格").click()
    expect(weeks.get_by_role("cell", name="2017-12-26")).to_be_visible()


def test_a_tenth_leads_to_its_people(at_value: Page):
    tenths = at_value.get_by_role("region", name="价值集中在谁那里")
    expect(tenths.get_by_role("row")).to_have_count(11)
    tenths.get_by_role("link").first.click()
    expect(at_value).to_have_url(re.compile("condition="))
    expect(at_value.get_by_role("heading", level=1)).to_contain_text("符合条件")
    expect(at_value.get_by_text("共 13 条")).to_be_visible()


def test_settings_are_followed_at_once(at_value: Page):
    margin = at_value.get_by_label("毛利率（%）")
    expect(margin).to_be_visible()
    margin.fill("25")
    at_value.get_by_label("价值（月）").fill("6")
    at_value.get_by_role("button", name="保存并重算").click()
    expect(at_value.get_by_text("已按新的设置重算")).to_be_visible()
    expect(at_value.get_by_role("heading", level=1)).to_have_text(re.compile("未来 6 个月"))
    expect(at_value.get_by_text("毛利率 25.0%（设定）")).to_be_visible()


def test_it_fits_a_phone(at_value: Page):
    at_value.set_viewport_size({"width": 375, "height": 760})
    expect(at_value.get_by_role("heading", level=1)).to_be_visible()
    assert at_value.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_house_with_too_few_orders_is_told_what_this_is_for(owner: Page):
    owner.goto("/value")
    expect(owner.get_by_role("heading", name="算一算每位客户还会买几次、值多少")).to_be_visible()
    owner.get_by_role("button", name="现在计算").click()
    # Other tests import into this house: it has no buyers yet, or a handful.
    expect(owner.get_by_text(re.compile("还算不出来：(还没有人买过|样本不足)"))).to_be_visible()
