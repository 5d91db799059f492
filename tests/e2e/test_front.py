from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from tests.e2e.served import Served, potager, serving

LOGIN, PASSWORD = "lanxin", "garden-2026-door"

# Different characters must give different pictures: boxes in place of missing glyphs would all look alike.
_DIFFERENT_GLYPHS = """(text) => {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 40
  const pen = canvas.getContext('2d')
  const family = getComputedStyle(document.body).fontFamily
  return new Set([...text].map((each) => {
    pen.clearRect(0, 0, 40, 40)
    pen.font = `28px ${family}`
    pen.fillText(each, 4, 30)
    return canvas.toDataURL()
  })).size
}"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("front")
    potager(home, "up", "--once", "--empty")
    return home


@pytest.fixture(scope="module")
def served(empty: Path):
    with serving(empty) as house:
        yield house


class TestFirstRun:
    def test_founds_the_house_and_signs_the_owner_in(self, served: Served, page: Page):
        page.goto(served.url)
        expect(page).to_have_url(f"{served.url}/welcome")
        assert page.evaluate(_DIFFERENT_GLYPHS, "精耕客户旅程龘") == 7

        page.get_by_label("公司或品牌名称").fill("澜心护肤")
        page.get_by_label("所有者账号").fill(LOGIN)
        page.get_by_label("所有者密码").fill("short")
        page.get_by_role("button", name="开始使用").click()
        expect(page.get_by_role("alert")).to_contain_text("10")

        page.get_by_label("所有者密码").fill(PASSWORD)
        page.get_by_role("button", name="开始使用").click()
        expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()

        page.goto(f"{served.url}/settings")
        expect(page.get_by_text("Asia/Shanghai")).to_be_visible()


class TestSignIn:
    def test_a_wrong_password_is_said_plainly(self, served: Served, page: Page):
        page.goto(served.url)
        expect(page).to_have_url(f"{served.url}/sign-in")
        page.get_by_label("账号").fill(LOGIN)
        page.get_by_label("密码").fill("not the password")
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page).to_have_url(f"{served.url}/sign-in")

    def test_goes_back_to_the_page_that_was_asked_for(self, served: Served, page: Page):
        page.goto(f"{served.url}/settings?tab=audit")
        sign_in(page)
        expect(page).to_have_url(f"{served.url}/settings?tab=audit")
        expect(page.get_by_role("heading", name="操作记录")).to_be_visible()

    def test_an_empty_house_says_what_the_overview_is_for_and_where_to_begin(self, served: Served, page: Page):
        page.goto(f"{served.url}/overview")
        sign_in(page)
        expect(page.get_by_role("heading", name="还没有数据")).to_be_visible()
        page.locator("main").get_by_role("link", name="去导入").click()
        expect(page).to_have_url(f"{served.url}/imports")

    def test_the_language_switches_and_signing_out_closes_the_house(self, served: Served, page: Page):
        page.goto(f"{served.url}/settings")
        sign_in(page)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()
        page.get_by_role("button", name="Account menu").click()
        page.get_by_role("menuitem", name="Sign out").click()
        expect(page).to_have_url(f"{served.url}/sign-in")
        page.goto(f"{served.url}/settings")
        expect(page).to_have_url(f"{served.url}/sign-in")

    def test_an_answer_from_before_signing_out_does_not_let_them_in_again(self, served: Served, page: Page):
        page.goto(f"{served.url}/settings")
        sign_in(page)
        expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
        held: list[tuple[Route, APIResponse]] = []

        def hold(route: Route) -> None:
            if route.request.method == "GET":
                held.append((route, route.fetch()))
            else:
                route.continue_()

        page.route("**/api/session", hold)
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()
        page.get_by_role("button", name="Account menu").click()
        page.get_by_role("menuitem", name="Sign out").click()
        expect(page).to_have_url(f"{served.url}/sign-in")
        assert held
        for route, answer in held:
            route.fulfill(response=answer)
        page.get_by_label("Login").fill("still at the door")
        page.wait_for_timeout(300)
        expect(page).to_have_url(f"{served.url}/sign-in")


def sign_in(page: Page) -> None:
    page.get_by_label("账号").fill(LOGIN)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
