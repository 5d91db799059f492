"""Browser tests: headless Chromium against a served house. A page that logs an error fails its test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect, sync_playwright

from tests.e2e.served import ROOT, Served, potager, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium on this machine: apt-get install chromium fonts-noto-cjk"
    assert (ROOT / "console" / "dist" / "index.html").exists(), "the console is not built: run bin/test or bin/up"
    # A machine that is busy with other tests answers late; a page that never answers still fails.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, url: str | None = None, state: StorageState | None = None) -> Iterator[Page]:
    """A fresh Chinese-speaking visitor in Shanghai; signed in when `state` says so."""
    context = browser.new_context(
        base_url=url,
        storage_state=state,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1440, "height": 900},
        reduced_motion="reduce",
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    # A refused request is part of some tests and is shown on the page; the browser's own line about it is no fault.
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with visiting(browser) as page:
        yield page


@dataclass(frozen=True)
class Founded:
    """A served house without customers, and its owner's sign-in."""

    served: Served
    owner: StorageState


@pytest.fixture(scope="session")
def founded(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Founded]:
    home = tmp_path_factory.mktemp("founded")
    potager(home, "up", "--once", "--empty")
    with serving(home) as served:
        with visiting(browser, served.url) as page:
            page.goto("/welcome")
            page.get_by_label("公司或品牌名称").fill("澜心护肤")
            page.get_by_label("所有者账号").fill("lanxin")
            page.get_by_label("所有者密码").fill("garden-2026-door")
            page.get_by_role("button", name="开始使用").click()
            expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
            state = page.context.storage_state()
        yield Founded(served, state)


@pytest.fixture
def owner(browser: Browser, founded: Founded) -> Iterator[Page]:
    """The owner of the founded house, signed in; addresses are given without host."""
    with visiting(browser, founded.served.url, founded.owner) as page:
        yield page


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A small demo world, served."""
    home = tmp_path_factory.mktemp("world")
    potager(home, "migrate")
    potager(home, "demo", "build", "--customers", "300", "--days", "10", "--history", "60", "--json")
    potager(home, "affinity", "refresh")
    with serving(home) as house:
        yield house


def sign_in(browser: Browser, url: str, login: str, password: str = "potager-demo") -> StorageState:
    """The cookies of somebody who signed in by the door."""
    with visiting(browser, url) as page:
        page.goto("/sign-in")
        page.get_by_label("账号").fill(login)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
        return page.context.storage_state()


@pytest.fixture(scope="session")
def world_owner(world: Served, browser: Browser) -> StorageState:
    return sign_in(browser, world.url, "owner")
