"""`bin/test`: format, lint, types, import rules, generated files, tests on every database that answers, browser.

`--fast` leaves out the console, the browser, the second database and the tests that take longest; `--coverage` counts
the lines of the product that the tests on SQLite reach, and asks for 92 %. `--conformance` is a leg of its own: every
definition on every engine, with the clients and engines of requirements-conformance.lock; `--nightly` is the same on a
Spark of the JVM, a master and two workers. Ends with pytest's closing line.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import _setup

ROOT = _setup.ROOT
BIN = _setup.VENV / "bin"
CONSOLE = _setup.CONSOLE
POSTGRES = os.environ.get("POTAGER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
COVERAGE_AT_LEAST = 92
# Half the time of all tests on SQLite, and seldom what a change breaks: killed processes, drawn worlds, whole files.
NOT_IN_A_MINUTE = (
    "crash",
    "demo",
    "sim",
    "facts/imports/test_complete_journey.py",
    "facts/test_segment_sdk.py",
    "insight/affinity",
    "insight/metrics",
    "insight/value",
    "people/test_merge_property.py",
    "test_privacy.py",
)

# What loads, merges and refreshes, also asked of a warehouse that another owns (`potager warehouse serve`).
SERVED = (
    "tests/facts/test_warehouse.py",
    "tests/facts/test_loader.py",
    "tests/facts/test_bulk.py",
    "tests/facts/test_rebuild.py",
    "tests/insight/test_refresh.py",
)


def main(arguments: Sequence[str]) -> None:
    if "--conformance" in arguments or "--nightly" in arguments:
        engines(nightly="--nightly" in arguments)
        return
    fast = "--fast" in arguments
    if not fast and browser() is None:
        _setup.say("没有 Chromium. No Chromium: run `apt-get install chromium fonts-noto-cjk`, as .ci/run does")
        sys.exit(1)
    static_checks()
    if fast:
        left_out = [f"--ignore=tests/{each}" for each in NOT_IN_A_MINUTE]
        pytest("SQLite", "not slow and not browser and not once and not conformance", "-n", "2", *left_out)
        return
    _setup.put_node_first()
    _setup.install_modules()
    generated_files()
    for name, script in {"控制台规则 eslint": "lint", "控制台类型 tsc": "types", "控制台测试 vitest": "test"}.items():
        _setup.step(name, ["npm", "run", "--silent", script], cwd=CONSOLE)
    if answers(POSTGRES):
        pytest("PostgreSQL", "not slow and not browser and not once and not conformance", "-n", "2", database=POSTGRES)
    # Counting lines takes two thirds as long again as the tests themselves, so it is asked for.
    counted = ("--cov", "--cov-report=term:skip-covered", f"--cov-fail-under={COVERAGE_AT_LEAST}")
    pytest(
        "SQLite",
        "not slow and not browser and not conformance",
        "-n",
        "2",
        *(counted if "--coverage" in arguments else ()),
    )
    os.environ["POTAGER_WAREHOUSE"] = "remote:"
    pytest("另有进程的数据仓库 served warehouse", "not slow and not browser and not once", "-n", "2", *SERVED)
    del os.environ["POTAGER_WAREHOUSE"]
    pytest("浏览器 browser", "browser", "-n", "2", "--dist", "loadfile")


def engines(*, nightly: bool) -> None:
    _setup.install("引擎与客户端 engines and clients", ROOT / "requirements-conformance.lock")
    if nightly:
        _setup.spark()
        pytest("JVM 上的 Spark", "nightly", "--timeout=3600")
    else:
        pytest("各引擎一致 conformance", "conformance and not nightly", "-n", "2")


def static_checks() -> None:
    _setup.step("格式 format", [str(BIN / "ruff"), "format", "--check", "."])
    _setup.step("规则 lint", [str(BIN / "ruff"), "check", "."])
    _setup.step("类型 types", [str(BIN / "mypy")])
    _setup.step("分层 import rules", [str(BIN / "lint-imports"), "--no-logo"])
    os.environ["DJANGO_SETTINGS_MODULE"] = "potager.settings"
    with tempfile.TemporaryDirectory() as home:
        check = [str(BIN / "python"), "-m", "django", "makemigrations", "--check", "--dry-run"]
        _setup.step("迁移 migrations", ["env", f"POTAGER_HOME={home}", *check])


def generated_files() -> None:
    """The committed HTTP contract and TypeScript types equal what the code generates now."""
    with tempfile.TemporaryDirectory() as folder:
        contract, types = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        write = [str(BIN / "python"), "-m", "potager.cli.main", "openapi", "--output", str(contract)]
        _setup.step("接口文件 HTTP contract", ["env", f"POTAGER_HOME={folder}", *write])
        _setup.step(
            "接口文件一致 openapi.json is current", ["diff", "-u", str(CONSOLE / "openapi.json"), str(contract)]
        )
        generate = ["npx", "openapi-typescript", str(contract), "-o", str(types)]
        _setup.step("接口类型 TypeScript types", generate, cwd=CONSOLE)
        committed = str(CONSOLE / "src" / "api" / "schema.ts")
        _setup.step("接口类型一致 schema.ts is current", ["diff", "-u", committed, str(types)])


def pytest(name: str, marks: str, *options: str, database: str = "") -> None:
    _setup.say(f"— {name}")
    command = [str(BIN / "pytest"), "-q", "-m", marks, *options]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "POTAGER_DATABASE": database}, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def browser() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def answers(url: str) -> bool:
    """Whether a server listens where the URL says."""
    host, _, port = url.rpartition("@")[2].partition("/")[0].partition(":")
    try:
        with socket.create_connection((host, int(port or 5432)), timeout=2):
            return True
    except OSError:
        return False


if __name__ == "__main__":
    main(sys.argv[1:])
