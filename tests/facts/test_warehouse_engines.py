"""Which engine POTAGER_WAREHOUSE names, and what is said when it cannot be opened."""

import sys
from typing import Any

import pytest

from potager.core.errors import Problem
from potager.core.settings import environment
from potager.facts import warehouse as engines
from potager.facts.warehouse import Warehouse


@pytest.mark.parametrize("url", ["mysql://host/db", "clickhouse://", "sc://", "nonsense"])
def test_a_url_that_names_no_engine_is_refused(url: str) -> None:
    with pytest.raises(Problem) as refused:
        engines.distributed(url)
    assert refused.value.code == "settings.warehouse"
    assert refused.value.place == "POTAGER_WAREHOUSE"


@pytest.mark.parametrize(
    ("url", "library", "extra"),
    [("clickhouse://host/db", "clickhouse_connect", "potager[clickhouse]"), ("sc://host", "pyspark", "potager[spark]")],
)
def test_a_client_that_is_not_installed_is_told_with_its_extra(
    url: str, library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in sys.modules if each == library or each.startswith(library + ".")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Problem) as refused:
        engines.distributed(url)
    assert refused.value.code == "warehouse.client"
    assert extra in refused.value.en


@pytest.mark.parametrize("url", ["", "duckdb:"])
def test_the_embedded_file_is_the_default(warehouse: Warehouse, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engines.close()
    monkeypatch.setenv("POTAGER_WAREHOUSE", url)
    environment.cache_clear()
    assert engines.get().capabilities.name == "duckdb"
    monkeypatch.undo()
    environment.cache_clear()


def test_a_house_is_not_served_on_an_engine_that_loads_nothing(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from potager.cli.up import serve_house

    monkeypatch.setenv("POTAGER_WAREHOUSE", "clickhouse://host/db")
    environment.cache_clear()
    with pytest.raises(Problem) as refused:
        serve_house(0)
    assert refused.value.code == "warehouse.read_only"
    monkeypatch.undo()
    environment.cache_clear()
