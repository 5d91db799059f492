"""What a page loads before it is of use: 400 kB of gzipped code and style at most, whatever the page.

The code that draws charts is as heavy as half a page. It is one file that every chart shares, comes after the page
stands, and only where a chart is in view; it is measured apart.
"""

import gzip

import pytest
from playwright.sync_api import Browser, Response, StorageState, expect

from tests.e2e.conftest import visiting
from tests.e2e.served import Served

MOST, MOST_OF_CHARTS = 400_000, 190_000
# Pages whose first view holds a chart.
CHARTED = {"/reports"}
PAGES = (
    *("/overview", "/goals", "/customers", "/customers/1", "/tags", "/layers", "/audiences", "/audiences/dormant"),
    *("/audiences/new", "/journeys", "/journeys/win-back", "/journeys/win-back?tab=people", "/tasks", "/phones"),
    *(
        "/imports",
        "/reports",
        "/value",
        "/affinity",
        "/scripts",
        "/events",
        "/settings",
        "/settings?tab=contact",
        "/settings?tab=accounts",
        "/settings?tab=audit",
    ),
)


@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_loads_little(browser: Browser, world: Served, world_owner: StorageState, path: str):
    loaded: dict[str, int] = {}

    def note(response: Response) -> None:
        if response.url.partition("?")[0].endswith((".js", ".css")):
            loaded[response.url.rpartition("/")[2]] = len(gzip.compress(response.body()))

    with visiting(browser, world.url, world_owner) as page:
        page.on("response", note)
        page.goto(path)
        expect(page.locator("main").get_by_role("heading").first).to_be_attached()
        page.wait_for_load_state("networkidle")
    charts = sum(size for name, size in loaded.items() if name.startswith("ChartCanvas-"))
    heaviest = sorted(loaded.items(), key=lambda each: -each[1])[:8]
    assert 200_000 < sum(loaded.values()) - charts <= MOST, heaviest
    assert (0 < charts <= MOST_OF_CHARTS) if path in CHARTED else charts == 0
