"""Each page of the console does what its user comes for, in a small demo world served as the product serves it."""

import re

import pytest
from playwright.sync_api import Page, Route, StorageState, expect

from tests.e2e.served import Served


@pytest.fixture
def at(world: Served, world_owner: StorageState, page: Page):
    """Opens an address of the world as its owner."""
    page.context.add_cookies(world_owner["cookies"])

    def open_(path: str) -> Page:
        page.goto(f"{world.url}{path}")
        return page

    return open_


def heading(page: Page) -> str:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page.get_by_role("heading", level=1).inner_text()


class TestOverview:
    def test_says_the_verdict_and_what_every_sop_earned(self, at):
        page = at("/overview")
        assert "GMV" in heading(page)
        sops = page.get_by_role("region", name="SOP 真正带来了什么")
        expect(sops.get_by_role("link", name="复购提醒")).to_be_visible()
        page.get_by_text("近 7 天", exact=True).click()
        expect(page).to_have_url(re.compile("period=7d"))
        page.get_by_text("看表格", exact=True).click()
        expect(page.get_by_role("columnheader", name="购买人数")).to_be_visible()
        expect(page.get_by_role("columnheader", name="上期 GMV")).to_be_visible()

    def test_says_what_waits_where_the_goal_stands_and_where_money_runs_out(self, at, world: Served):
        page = at("/overview")
        goal = page.request.get(f"{world.url}/api/goals/").json()["items"][0]
        late = [task for task in goal["tasks"] if task["state"] == "late"]
        today = page.get_by_role("region", name=re.compile("^今天"))
        expect(today.get_by_role("link", name=late[0]["title"])).to_be_visible()
        expect(today).to_contain_text(f"{late[0]['due'][5:]} 逾期")
        course = page.get_by_role("region", name=re.compile("^完成 ¥"))
        expect(course).to_contain_text(goal["requirement"]["zh"])
        course.get_by_role("link", name="看可行性").click()
        expect(page).to_have_url(re.compile(f"/goals\\?goal={goal['key']}"))
        page.go_back()
        expect(page.get_by_role("region", name=re.compile("在漏"))).to_be_visible()
        chart = page.get_by_role("img", name=re.compile("^GMV ¥.*对比上期"))
        # It is drawn once it comes into view.
        region = page.get_by_role("region", name=re.compile("^GMV ¥.*对比上期"))
        region.evaluate("region => region.scrollIntoView({ block: 'center' })")
        expect(chart).to_be_visible()


class TestCustomers:
    def test_a_customer_is_found_by_name_and_their_life_is_told(self, at):
        page = at("/customers")
        first = page.locator(".data-table tbody tr").first
        expect(first).to_be_visible()
        name = first.get_by_role("link").inner_text()
        page.get_by_label("姓名、手机号、会员号").fill(name)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("search="))
        page.get_by_role("link", name=name, exact=True).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.get_by_role("heading", name="时间线")).to_be_visible()
        expect(page.get_by_role("heading", name="现在该做什么")).to_be_visible()

    def test_the_list_is_filtered_by_a_condition_kept_in_the_address(self, at):
        page = at("/customers")
        page.get_by_role("button", name="按条件筛选").click()
        page.get_by_role("button", name="条件", exact=True).click()
        page.get_by_role("menuitem", name="行为").click()
        expect(page.get_by_text(re.compile("占客户"))).to_be_visible()
        page.get_by_role("button", name="用这个条件").click()
        expect(page).to_have_url(re.compile("condition="))
        expect(page.get_by_role("heading", level=1)).to_contain_text("符合条件")


class TestTags:
    def test_a_tag_shows_its_definition_and_who_has_it(self, at):
        page = at("/tags")
        assert "个标签" in heading(page)
        page.get_by_role("button", name="复购客户").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text("近 365 天购买 ≥ 2 次")).to_be_visible()
        # What goes with it leads to the people who have both.
        both = dialog.get_by_role("region", name="常和它一起出现的标签").get_by_role("link").first
        shown = re.sub(r"\D", "", both.inner_text())
        both.click()
        expect(page).to_have_url(re.compile("/customers"))
        expect(page.get_by_role("heading", level=1)).to_contain_text(shown)


class TestLayers:
    def test_rfm_shows_every_cell_with_its_treatment_and_who_moved(self, at):
        page = at("/layers")
        champion = page.get_by_role("region", name="重要价值")
        expect(champion.get_by_text("最近买过，常买，花得多")).to_be_visible()
        expect(page.get_by_role("row", name=re.compile("重要价值.*不要打折"))).to_be_visible()
        expect(page.get_by_role("heading", name="谁动了：从哪层到哪层")).to_be_visible()
        page.get_by_role("tab", name="新老客").click()
        expect(page.get_by_role("cell", name="老客复购", exact=True).first).to_be_visible()


class TestAudiences:
    def test_a_condition_is_counted_while_it_is_built_and_saved_as_an_audience(self, at):
        page = at("/audiences/new")
        page.get_by_label("名称").fill("近期买过的人")
        page.get_by_role("button", name="条件", exact=True).click()
        page.get_by_role("menuitem", name="行为").click()
        expect(page.get_by_text("近 90 天购买", exact=False).first).to_be_visible()
        page.get_by_role("button", name="保存").click()
        expect(page).to_have_url(re.compile("/audiences/audience-"))
        page.get_by_role("link", name="人群", exact=True).first.click()
        expect(page.get_by_role("link", name="近期买过的人")).to_be_visible()

    def test_a_fault_sits_on_the_leaf_it_belongs_to(self, at):
        condition = '{"all":[{"event":"order_paid"},{"attr":"colour_of_hat","op":"eq","value":"red"}]}'
        page = at(f"/customers?condition={condition}")
        page.get_by_role("button", name="条件筛选中").click()
        leaf = page.get_by_role("dialog").get_by_role("group", name="属性")
        expect(leaf.get_by_role("alert")).to_contain_text("colour_of_hat")
        expect(page.get_by_role("dialog").get_by_role("group", name="行为").get_by_role("alert")).to_have_count(0)


class TestJourneys:
    def test_the_graph_tells_a_step_and_the_result_tells_the_effect(self, at):
        page = at("/journeys")
        page.get_by_role("link", name="复购提醒").click()
        step = page.locator(".react-flow__node").nth(2)
        expect(step).to_be_visible()
        step.click()
        expect(page).to_have_url(re.compile("step="))
        page.get_by_role("tab", name="谁在里面").click()
        page.get_by_role("button", name="为什么走到这里").first.click()
        expect(page.get_by_role("dialog").get_by_text("开始", exact=True)).to_be_visible()

    def test_a_draft_is_published_after_its_impact_was_shown(self, at):
        page = at("/journeys/win-back")
        page.get_by_role("button", name="改 YAML").click()
        editor = page.get_by_role("dialog").get_by_role("textbox")
        expect(editor).to_have_value(re.compile("key: win-back"))
        editor.fill(re.sub(r"control: \d+", "control: 20", editor.input_value()))
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route(re.compile(r"/api/journeys/win-back\?draft=true"), hold)
        page.get_by_role("button", name="存为草稿").click()
        expect(page).to_have_url(re.compile("show=draft"))
        # The page stays while the draft is on its way: whoever publishes at once is not thrown out of the dialog.
        page.get_by_role("button", name="发布").click()
        assert held
        for route in held:
            route.continue_()
        page.unroute(re.compile(r"/api/journeys/win-back\?draft=true"))
        dialog = page.get_by_role("dialog", name="发布会发生什么")
        expect(dialog.get_by_text("现在在其中的人")).to_be_visible()
        expect(dialog.get_by_role("row").filter(has_text="对照组")).to_contain_text("30% → 20%")
        dialog.get_by_role("button", name="这样发布").click()
        expect(page.get_by_text("运行中 v2")).to_be_visible()


class TestGoals:
    def test_a_task_is_marked_done(self, at):
        page = at("/goals")
        assert "GMV" in heading(page)
        box = page.get_by_role("checkbox").first
        box.click()
        expect(box).to_be_checked()
        expect(page.get_by_text(re.compile("任务：完成 1"))).to_be_visible()


class TestTasks:
    def test_the_list_says_what_is_left_and_how_well_it_is_kept(self, at):
        page = at("/tasks")
        assert heading(page)
        page.get_by_text("已完成", exact=True).click()
        expect(page).to_have_url(re.compile("view=done"))


class TestPhones:
    def test_a_person_answers_and_their_phone_shows_it(self, at):
        page = at("/phones")
        page.get_by_role("button", name=re.compile(r"· 20\d\d-")).first.click()
        expect(page).to_have_url(re.compile("cid="))
        box = page.get_by_label(re.compile("的身份回复"))
        box.fill("收到，谢谢")
        page.get_by_role("button", name="发送").click()
        expect(page.locator(".bubble-row.out").get_by_text("收到，谢谢")).to_be_visible()


class TestWorld:
    def test_the_shell_finds_pages_from_the_keyboard(self, at):
        page = at("/settings")
        heading(page)
        page.keyboard.press("Control+k")
        page.keyboard.type("分层")
        page.get_by_role("option", name=re.compile("页面")).wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/layers"))

    @pytest.mark.parametrize("path", ["/overview", "/customers", "/layers", "/tasks"])
    def test_pages_fit_a_phone(self, at, path: str):
        page = at(path)
        page.set_viewport_size({"width": 375, "height": 760})
        heading(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
