"""Settings → 组织: a company enters who works where; a reader sees it and cannot change it."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Founded, visiting

ORG = "/settings?tab=org"


def card(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def fill(page: Page, title: str, **fields: str) -> None:
    """Fill the open drawer's text fields and save; the drawer closes."""
    drawer = page.get_by_role("dialog", name=title)
    for label, text in fields.items():
        drawer.get_by_label(label).fill(text)
    drawer.get_by_role("button", name="保存").click()
    expect(drawer).to_be_hidden()


def choose(drawer: Locator, label: str, option: str) -> None:
    drawer.get_by_role("combobox", name=label).click()
    drawer.page.locator(".ant-select-dropdown:visible").get_by_text(option, exact=True).click()


def test_departments_stores_and_staff_are_entered_and_changed(owner: Page):
    owner.goto("/settings")
    owner.get_by_role("tab", name="组织").click()
    departments, staff, stores = card(owner, "部门"), card(owner, "员工"), card(owner, "门店")
    for place, taught in ((departments, "还没有部门"), (staff, "还没有员工"), (stores, "还没有门店")):
        expect(place.get_by_role("heading", name=taught)).to_be_visible()

    departments.get_by_role("button", name="新建部门").click()
    fill(owner, "新建部门", 名称="销售部", 标识="sales")
    departments.get_by_text("销售部").click()
    departments.get_by_role("button", name="加下级部门").click()
    fill(owner, "新建部门", 名称="华东区", 标识="east")
    expect(departments.get_by_role("treeitem", name="华东区")).to_be_visible()

    stores.get_by_role("button", name="新建门店").click()
    drawer = owner.get_by_role("dialog", name="新建门店")
    drawer.get_by_label("店名").fill("静安店")
    drawer.get_by_label("标识").fill("静安")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer.get_by_role("alert")).to_contain_text("标识「静安」只能用英文字母")
    drawer.get_by_label("标识").fill("jingan")
    drawer.get_by_label("城市").fill("上海")
    drawer.get_by_role("button", name="保存").click()
    expect(stores.get_by_role("row").filter(has_text="jingan")).to_contain_text("上海")

    staff.get_by_role("button", name="新建员工").click()
    drawer = owner.get_by_role("dialog", name="新建员工")
    drawer.get_by_label("姓名").fill("林小雨")
    drawer.get_by_label("企业微信账号").fill("lin")
    choose(drawer, "门店", "静安店")
    drawer.get_by_role("button", name="保存").click()
    row = staff.get_by_role("row").filter(has_text="林小雨")
    for text in ("lin", "销售部", "静安店", "在职"):
        expect(row).to_contain_text(text)

    row.get_by_role("button", name="修改 林小雨").click()
    drawer = owner.get_by_role("dialog", name="修改「林小雨」")
    expect(drawer.get_by_label("企业微信账号")).to_be_disabled()
    choose(drawer, "部门", "销售部 / 华东区")
    drawer.get_by_role("button", name="保存").click()
    expect(row).to_contain_text("华东区")

    departments.get_by_role("treeitem", name="华东区").click()
    expect(row).to_be_visible()
    departments.get_by_role("button", name="删除部门").click()
    owner.get_by_role("tooltip").get_by_role("button", name="删除部门").click()
    expect(owner.get_by_text("「华东区」里还有 0 个下级部门、1 位员工")).to_be_visible()
    departments.get_by_role("button", name="修改部门").click()
    fill(owner, "修改「华东区」", 名称="华东大区")
    expect(row).to_contain_text("华东大区")


def test_whoever_leaves_is_deactivated_with_the_account_and_found_and_restored_later(owner: Page):
    zhou = {"key": "zhou", "name": "周明"}
    account = {"login": "zhou-login", "password": "garden-2026-door", "role": "staff", "staff": "zhou"}
    owner.goto(ORG)
    assert posted(owner, "/api/org/staff", zhou) == posted(owner, "/api/org/accounts", account) == 201
    owner.reload()
    staff = card(owner, "员工")
    row = staff.get_by_role("row").filter(has_text="周明")
    row.get_by_role("button", name="停用 周明").click()
    asked = owner.get_by_role("tooltip")
    expect(asked).to_contain_text("登录账号同时停用")
    asked.get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")
    accounts = {each["login"]: each["is_active"] for each in owner.request.get("/api/org/accounts").json()}
    assert accounts["zhou-login"] is False

    owner.reload()
    row.get_by_role("button", name="恢复 周明").click()
    expect(row).to_contain_text("在职")
    staff.get_by_placeholder("搜姓名或标识").fill("没有这个人")
    staff.get_by_placeholder("搜姓名或标识").press("Enter")
    expect(staff.get_by_role("heading", name="没有符合条件的员工")).to_be_visible()


def test_a_reader_sees_the_organisation_and_that_changing_it_is_not_theirs(
    browser: Browser, founded: Founded, owner: Page
):
    owner.goto(ORG)
    posted(owner, "/api/org/stores", {"key": "xuhui", "name": "徐汇店"})
    account = {"login": "reader", "password": "garden-2026-door", "role": "read_only"}
    assert posted(owner, "/api/org/accounts", account) == 201
    with visiting(browser, founded.served.url) as page:
        page.goto("/sign-in")
        page.get_by_label("账号").fill("reader")
        page.get_by_label("密码").fill("garden-2026-door")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
        page.goto(ORG)
        expect(page.get_by_role("alert")).to_contain_text("只有所有者和经理可以新建、修改和停用")
        expect(card(page, "门店").get_by_text("徐汇店")).to_be_visible()
        for act in ("新建部门", "新建员工", "新建门店", "修改", "停用"):
            expect(page.get_by_role("button", name=act)).to_have_count(0)
        assert posted(page, "/api/org/stores", {"key": "pudong", "name": "浦东店"}) == 403


def posted(page: Page, path: str, body: dict[str, str]) -> int:
    """What the server answers to this page's visitor, as the console would ask."""
    (token,) = [each["value"] for each in page.context.cookies() if each["name"] == "csrftoken"]
    return page.request.post(path, data=body, headers={"X-CSRFToken": token}).status
