"""Takes the pictures of every page: python docs/screenshots/make.py http://127.0.0.1:8000 owner potager-demo

Needs a served demo world, Chromium and CJK fonts. Look at each picture afterwards.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
PAGES = {
    "overview": "/overview",
    "goals": "/goals",
    "reports": "/reports",
    "reports-explore": "/reports?tab=explore",
    "reports-funnel": "/reports?tab=funnel",
    "reports-retention": "/reports?tab=retention",
    "reports-focus": "/reports?tab=focus",
    "customers": "/customers",
    "tags": "/tags",
    "layers": "/layers",
    "audiences": "/audiences",
    "audience": "/audiences/dormant",
    "lists": "/audiences?tab=lists",
    "overlap": "/audiences/overlap?of=dormant,high_value_leaving,new_not_bought,warm_leads,repurchase_due",
    "value": "/value",
    "affinity": "/affinity",
    "journeys": "/journeys",
    "journey": "/journeys/repurchase-reminder?step=how-is-it",
    "journey-results": "/journeys/repurchase-reminder?tab=results",
    "journey-people": "/journeys/repurchase-reminder?tab=people&state=inside",
    "journey-edit": "/journeys/repurchase-reminder/edit",
    "scripts": "/scripts",
    "tasks": "/tasks",
    "imports": "/imports",
    "events": "/events",
    "settings": "/settings?tab=accounts",
    "settings-organisation": "/settings?tab=org",
}


def main(url: str, login: str, password: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": 1440, "height": 900},
            reduced_motion="reduce",
            color_scheme="light",
        )
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("账号").wait_for()
        shoot(page, "sign-in")
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("navigation", name="主菜单").wait_for()
        for name, path in PAGES.items():
            page.goto(url + path)
            shoot(page, name)
        of_one_customer(page, url)
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{url}/tasks?view=done")
        shoot(page, "tasks-phone")
        browser.close()


def of_one_customer(page: Page, url: str) -> None:
    """A customer with something to tell: the last one a message of a journey reached, and their phone."""
    answer = page.request.get(f"{url}/api/touch/touches?journey=repurchase-reminder&state=replied&size=1").json()
    cid = answer["items"][0]["cid"]
    page.goto(f"{url}/customers/{cid}")
    shoot(page, "customer")
    page.goto(f"{url}/phones?cid={cid}")
    shoot(page, "phones")


def shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    page.screenshot(path=HERE / f"{name}.png")


if __name__ == "__main__":
    main(*sys.argv[1:])
