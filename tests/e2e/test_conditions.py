"""A rule of five nested levels, built in the browser, selects whom the same rule selects as YAML by command."""

import json
import re
from pathlib import Path

import yaml
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import potager, serving

RULE = """
all:
- random: {{salt: spring, from: 0, to: 50}}
- any:
  - {{event: {first}, within: 90d, op: gte, value: 2}}
  - not:
      any:
      - {{event: {first}, within: 90d, op: gte, value: 1}}
      - all:
        - {{event: {first}, within: 90d, op: gte, value: 1}}
        - any:
          - {{event: {first}, within: 90d, op: gte, value: 1}}
          - sequence: [{first}, {{event: {second}, within: 7d}}]
            within: 30d
"""


def test_a_rule_of_five_levels_is_the_same_by_browser_by_yaml_and_by_command(browser: Browser, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    potager(home, "migrate")
    potager(home, "demo", "build", "--customers", "60", "--days", "1", "--history", "21", "--json")
    with serving(home) as house, visiting(browser, house.url) as page:
        sign_in(page)
        events = [each["key"] for each in page.request.get("/api/insight/catalog").json()["events"]]
        rule = yaml.safe_load(RULE.format(first=events[0], second=events[1]))
        page.goto("/audiences/new")
        asked: list[dict] = []
        page.on("request", lambda request: asked.append(request.post_data_json) if is_count(request.url) else None)
        build(page)
        expect(page.locator("[aria-busy=false] .big-number")).to_have_text(re.compile(r"^[1-9][\d,]* 人$"))
        shown = int(re.sub(r"\D", "", page.locator(".big-number").inner_text()))
        assert asked[-1]["condition"] == rule
        assert "7 天内再" in page.locator(".card.calm p").inner_text()
    path = tmp_path / "rule.yaml"
    path.write_text(yaml.safe_dump(rule, allow_unicode=True))
    counted = json.loads(potager(home, "count", f"@{path}", "--json"))
    members = json.loads(potager(home, "members", f"@{path}", "--json"))
    assert 0 < shown < counted["total"]
    assert shown == counted["count"] == len(members)


def is_count(url: str) -> bool:
    return url.endswith("/api/insight/count")


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("账号").fill("owner")
    page.get_by_label("密码").fill("potager-demo")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()


def build(page: Page) -> None:
    """Every group's own buttons come after those of the groups inside it."""
    groups = page.locator("fieldset.group")

    def add(button: str, choice: str) -> None:
        # The innermost group is the last opened; its buttons are the first of all.
        page.get_by_role("button", name=button, exact=True).first.click()
        page.get_by_role("menuitem", name=choice, exact=True).last.click()

    add("条件", "随机比例")
    page.get_by_label("到", exact=True).fill("50")
    page.get_by_label("批次").fill("spring")
    for depth, choice in enumerate(("满足任一的组", "排除的组", "满足全部的组", "满足任一的组"), start=2):
        add("组", choice)
        expect(groups).to_have_count(depth)
    page.get_by_label("值", exact=True).first.fill("2")
    add("条件", "先后顺序")
    page.get_by_label("距上一步多久内").fill("7d")
    page.keyboard.press("Tab")
