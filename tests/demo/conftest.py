import shutil
from collections.abc import Iterator

import pytest

from potager.demo.parameters import Parameters


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return Parameters(seed=3, customers=1_500, history_days=120, replay_days=20)


@pytest.fixture
def empty_house(db) -> Iterator[None]:
    """Nothing founded, no warehouse, no simulator; whatever a world leaves behind is removed."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    from potager.assembly import SIMULATOR
    from potager.core.settings import environment
    from potager.facts import warehouse

    warehouse.close()
    SIMULATOR.forget()
    home = environment().home
    for path in home.glob("warehouse.duckdb*"):
        path.unlink()
    for folder in ("lake", "imports", "world", "simulator"):
        shutil.rmtree(home / folder, ignore_errors=True)
