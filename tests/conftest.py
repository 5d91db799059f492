"""Every test: own data directory per worker, network off, the business clock in the test's hand."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from potager.core import crypto
from potager.core.settings import environment

if TYPE_CHECKING:
    from potager.facts.warehouse import Warehouse
    from potager.facts.warehouse.owner import Owner

_home = Path(tempfile.mkdtemp(prefix="potager-test-"))
os.environ["POTAGER_HOME"] = str(_home)
os.environ.setdefault("POTAGER_KEY", "11" * 32)
# pytest-django read the settings before this file: forget what they said, or tests would work in ./var.
environment.cache_clear()
crypto.keys.cache_clear()

# With POTAGER_WAREHOUSE=remote: the file belongs to an owner, and what makes it anew is refused.
needs_own_file = pytest.mark.skipif(
    environment().warehouse.startswith("remote:"), reason="needs the warehouse file for itself"
)

NOON = datetime(2026, 11, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """SQLite tests use a file, as the product does: threads see each other's commits. On one PostgreSQL server the
    test databases of several checkouts (POTAGER_TEST_DB) and of this run's workers are told apart by name."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(_home / "test.sqlite3")
    else:
        names = ("test_potager", os.environ.get("POTAGER_TEST_DB", "suite"), os.environ.get("PYTEST_XDIST_WORKER", "0"))
        database.setdefault("TEST", {})["NAME"] = "_".join(names)
        # Request threads of a test's server end with the test; a connection kept for the next request would leak.
        database["CONN_MAX_AGE"] = 0


@pytest.fixture(autouse=True)
def _fresh_house() -> Iterator[None]:
    from potager.core import house

    house.forget()
    yield
    house.forget()


@pytest.fixture
def house(db: None) -> datetime:
    """A founded house in Asia/Shanghai and CNY, its world standing at 2026-11-01 12:00 local time."""
    from potager.core import house as core_house

    core_house.found("测试花园", zone="Asia/Shanghai", currency="CNY", world_at=NOON)
    return NOON


@pytest.fixture
def warehouse(house: datetime) -> "Iterator[Warehouse]":
    """A warehouse file of this test alone, with the tables of facts, in a founded house; closed afterwards."""
    yield from fresh_warehouse()


def fresh_warehouse() -> "Iterator[Warehouse]":
    """A warehouse on a new file, for fixtures; the house must be founded."""
    from potager.facts import warehouse as owner

    owner.close()
    _forget_files(environment().home)
    if environment().warehouse.startswith("remote:"):
        # POTAGER_WAREHOUSE=remote: has every test ask an owner of the file, in a thread of this process.
        with served_warehouse():
            yield owner.get()
            owner.close()
    else:
        yield owner.get()
        owner.close()
    _forget_files(environment().home)


@contextmanager
def served_warehouse() -> "Iterator[Owner]":
    """The embedded file opened and served to this process, as `potager warehouse serve` does from another."""
    from potager.facts import warehouse as engines
    from potager.facts.warehouse.owner import Owner

    opened = engines.embedded()
    serving = Owner(opened, environment().home)
    serving.start()
    try:
        yield serving
    finally:
        serving.stop()
        opened.close()


def _forget_files(home: Path) -> None:
    for path in home.glob("warehouse.duckdb*"):
        path.unlink()
    for folder in ("lake", "imports"):
        shutil.rmtree(home / folder, ignore_errors=True)
