"""What each role sees: every page of its menu works, nothing is offered that would be refused, and no address leads
past that."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.e2e.conftest import sign_in, visiting
from tests.e2e.served import Served

PAGES = (
    *("overview", "goals", "reports", "customers", "tags", "layers", "audiences", "value", "affinity", "journeys"),
    *("outbox", "scripts", "links", "surveys", "tasks", "phones", "imports", "events", "settings"),
)
CLOSED = {
    "manager": (),
    "viewer": ("imports",),
    "staff": ("overview", "reports", "value", "affinity", "outbox", "imports"),
}
REFUSED = "您没有权限看这里"
# Acts that change something for everybody: page, what the button says.
WRITERS = (
    ("/goals", "设一个目标"),
    ("/goals", "修改目标"),
    ("/goals", "添加任务"),
    ("/customers", "添加客户"),
    ("/tags", "新建标签"),
    ("/layers", "新建分层"),
    ("/layers", "修改分层"),
    ("/audiences", "新建人群"),
    ("/journeys", "全部停下"),
    ("/journeys", "从文件新建"),
    ("/journeys", "新建旅程"),
    ("/journeys/win-back", "编辑"),
    ("/journeys/win-back", "改 YAML"),
    ("/journeys/win-back", "停止"),
    ("/scripts", "新建话术"),
    ("/scripts?tab=personas", "新建人设"),
    ("/scripts?tab=faqs", "添加问题"),
    ("/links", "新建链接"),
    ("/surveys", "新建问卷"),
    ("/settings?tab=contact", "保存触达规则"),
    ("/settings?tab=contact", "停发所有消息"),
)
LOGINS = ("manager", "viewer", "staff")


@pytest.fixture(scope="module")
def states(world: Served, browser: Browser) -> dict[str, StorageState]:
    return {login: sign_in(browser, world.url, login) for login in LOGINS}


@pytest.fixture(params=LOGINS)
def reader(request: pytest.FixtureRequest, world: Served, browser: Browser, states) -> Iterator[tuple[str, Page]]:
    """One of the three roles, signed in."""
    with visiting(browser, world.url, states[request.param]) as page:
        yield request.param, page


@pytest.fixture
def staff(world: Served, browser: Browser, states) -> Iterator[Page]:
    with visiting(browser, world.url, states["staff"]) as page:
        yield page


@pytest.fixture
def viewer(world: Served, browser: Browser, states) -> Iterator[Page]:
    with visiting(browser, world.url, states["viewer"]) as page:
        yield page


@pytest.fixture
def manager(world: Served, browser: Browser, states) -> Iterator[Page]:
    with visiting(browser, world.url, states["manager"]) as page:
        yield page


def opened(page: Page, path: str) -> None:
    """Go there and wait until the page has said what it is."""
    page.goto(path)
    expect(page.locator("main").get_by_role("heading").first).to_be_visible()


def button(page: Page, name: str):
    return page.locator("main").get_by_role("button", name=name, exact=True)


def test_the_menu_leads_to_every_page_of_the_role_and_each_of_them_works(reader):
    login, page = reader
    opened(page, "/")
    menu = page.get_by_role("navigation", name="主菜单")
    expect(menu.get_by_role("link").first).to_be_visible()
    offered = [link.get_attribute("href") for link in menu.get_by_role("link").all()]
    assert offered[1:] == [f"/{name}" for name in PAGES if name not in CLOSED[login]]
    for path in offered[1:]:
        menu.locator(f"a[href='{path}']").click()
        expect(page).to_have_url(re.compile(f"{path}$"))
        expect(page.locator("main").get_by_role("heading").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.get_by_text(REFUSED)).to_have_count(0)


def test_a_page_of_others_says_so_at_its_address(reader):
    login, page = reader
    for name in CLOSED[login]:
        opened(page, f"/{name}")
        expect(page.get_by_role("heading", name=REFUSED)).to_be_visible()
        page.get_by_role("combobox", name=re.compile("搜客户")).fill(name)
        expect(page.get_by_role("option", name=re.compile("页面"))).to_have_count(0)


def test_what_would_be_refused_is_not_offered(reader):
    login, page = reader
    for path, name in WRITERS:
        opened(page, path)
        page.wait_for_load_state("networkidle")
        expect(button(page, name)).to_have_count(1 if login == "manager" else 0)


def test_parts_of_a_page_that_are_not_for_the_role_are_refused_at_their_address(
    staff: Page, viewer: Page, manager: Page
):
    for page, path in (
        (manager, "/settings?tab=accounts"),
        (manager, "/settings?tab=keys"),
        (viewer, "/settings?tab=audit"),
        (viewer, "/audiences/new"),
        (staff, "/settings?tab=accounts"),
        (staff, "/audiences/new"),
        (staff, "/journeys/win-back?tab=results"),
    ):
        opened(page, path)
        expect(page.get_by_role("heading", name=REFUSED)).to_be_visible()
    opened(manager, "/settings?tab=audit")
    expect(manager.get_by_text(REFUSED)).to_have_count(0)
    expect(staff.get_by_role("tab", name="结果")).to_have_count(0)


def test_the_day_moves_on_for_owners_only(reader):
    _, page = reader
    opened(page, "/")
    expect(page.get_by_text("演示世界", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="推进一天")).to_have_count(0)


class TestStaff:
    def test_begins_with_the_day_and_sees_own_customers_only(self, staff: Page, manager: Page):
        staff.goto("/")
        expect(staff).to_have_url(re.compile("/tasks$"))
        mine = staff.request.get("/api/people/customers?size=200").json()
        everybody = manager.request.get("/api/people/customers?size=200").json()
        assert 0 < mine["total"] < everybody["total"]
        opened(staff, "/customers")
        expect(staff.get_by_role("heading", level=1)).to_have_text(f"{mine['total']} 位客户")

        own = {each["cid"] for each in mine["items"]}
        foreign = next(each for each in everybody["items"] if each["cid"] not in own)
        staff.goto(f"/customers/{foreign['cid']}")
        expect(staff.get_by_role("alert")).to_be_visible()
        expect(staff.get_by_text(foreign["name"], exact=True)).to_have_count(0)

    def test_works_on_an_own_customer_but_does_not_merge(self, staff: Page):
        own = staff.request.get("/api/people/customers?size=1").json()["items"][0]
        opened(staff, f"/customers/{own['cid']}")
        expect(staff.get_by_role("heading", level=1)).to_have_text(own["name"])
        expect(button(staff, "打标签")).to_be_visible()
        expect(button(staff, "修改")).to_be_visible()
        expect(staff.get_by_role("switch", name="营销触达")).to_be_enabled()
        expect(button(staff, "合并 / 拆分")).to_have_count(0)

    def test_filters_by_a_condition_without_counts_about_all(self, staff: Page):
        opened(staff, "/customers")
        staff.get_by_role("button", name="按条件筛选").click()
        staff.get_by_role("button", name="条件", exact=True).click()
        staff.get_by_role("menuitem", name="行为").click()
        expect(staff.get_by_text("您只看自己的客户", exact=False)).to_be_visible()
        staff.get_by_role("button", name="用这个条件").click()
        expect(staff.get_by_role("heading", level=1)).to_contain_text("符合条件")

    def test_reads_an_audience_and_its_own_members(self, staff: Page):
        opened(staff, "/audiences/dormant")
        expect(staff.get_by_role("heading", level=1)).to_contain_text("沉睡客户")
        expect(staff.get_by_text("是任一员工的好友", exact=False)).to_be_visible()
        expect(button(staff, "保存")).to_have_count(0)
        expect(staff.get_by_role("link", name="导出")).to_have_count(0)


class TestReader:
    def test_looks_at_a_customer_without_acts(self, viewer: Page):
        anybody = viewer.request.get("/api/people/customers?size=1").json()["items"][0]
        opened(viewer, f"/customers/{anybody['cid']}")
        expect(viewer.get_by_role("heading", level=1)).to_have_text(anybody["name"])
        for name in ("打标签", "修改", "合并 / 拆分", "查看"):
            expect(button(viewer, name)).to_have_count(0)
        expect(viewer.get_by_role("switch", name="营销触达")).to_be_disabled()

    def test_sees_the_policy_and_why_it_cannot_be_changed(self, viewer: Page):
        opened(viewer, "/settings?tab=contact")
        expect(viewer.get_by_label("免打扰开始")).to_be_disabled()
        expect(viewer.get_by_text("只有所有者和经理", exact=False)).to_be_visible()
