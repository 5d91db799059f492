"""The engines of the suite, each filled with the same customers, each spoken to by its own client."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from potager.facts.warehouse import Capabilities
from potager.facts.warehouse.clickhouse import ClickHouseWarehouse
from potager.facts.warehouse.spark import SparkWarehouse
from tests.insight.garden import Garden

from .people import planted, rows
from .spark_standalone import cluster

HERE = Path(__file__).parent
SEED, SIZE = 20261103, 400


class Embedded:
    """The garden's own DuckDB as an engine of the suite."""

    capabilities = Capabilities("duckdb")

    def __init__(self, garden: Garden) -> None:
        self._db = garden.db

    def query(self, sql: str, *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        for name, table in (beside or {}).items():
            self._db.register(name, table)
        return self._db.sql(sql).to_arrow_table()


@pytest.fixture(scope="session")
def garden() -> Garden:
    return planted(SEED, SIZE)


@contextmanager
def listening(script: str, folder: Path, *more: str) -> Iterator[str]:
    """The port of a server of the suite, in a process of its own that ends with the test run."""
    command = [sys.executable, str(HERE / script), *more]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


@pytest.fixture(scope="session")
def clickhouse_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """ClickHouse's engine behind the test's HTTP front."""
    folder = tmp_path_factory.mktemp("chdb")
    with listening("clickhouse_front.py", folder, str(folder / "data")) as port:
        yield f"clickhouse://127.0.0.1:{port}/default"


@pytest.fixture(scope="session")
def clickhouse(clickhouse_url: str, garden: Garden) -> Iterator[ClickHouseWarehouse]:
    engine = ClickHouseWarehouse(clickhouse_url)
    for name, table in rows(garden).items():
        engine.replace(name, table)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def spark(garden: Garden, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkWarehouse]:
    with listening("spark_front.py", tmp_path_factory.mktemp("spark")) as port:
        engine = SparkWarehouse(f"sc://127.0.0.1:{port}")
        for name, table in rows(garden).items():
            engine.replace(name, table)
        yield engine
        engine.close()


@pytest.fixture(scope="session")
def standalone(garden: Garden, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkWarehouse]:
    with cluster(tmp_path_factory.mktemp("standalone")) as port:
        engine = SparkWarehouse(f"sc://127.0.0.1:{port}")
        for name, table in rows(garden).items():
            engine.replace(name, table)
        yield engine
        engine.close()


@pytest.fixture(scope="session")
def embedded(garden: Garden) -> Embedded:
    return Embedded(garden)


@pytest.fixture
def clickhouse_of_its_own(clickhouse_url: str) -> Iterator[ClickHouseWarehouse]:
    """A database of one test's own on the engine."""
    server, _, _ = clickhouse_url.rpartition("/")
    maker = ClickHouseWarehouse(clickhouse_url)
    with maker._client() as client:
        client.command("DROP DATABASE IF EXISTS copied")
        client.command("CREATE DATABASE copied")
    maker.close()
    engine = ClickHouseWarehouse(f"{server}/copied")
    yield engine
    engine.close()


@pytest.fixture
def spark_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkWarehouse]:
    """A server of one test's own: its tables are files of the folder it stands in."""
    with listening("spark_front.py", tmp_path_factory.mktemp("spark")) as port:
        engine = SparkWarehouse(f"sc://127.0.0.1:{port}")
        yield engine
        engine.close()


@pytest.fixture
def standalone_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkWarehouse]:
    with cluster(tmp_path_factory.mktemp("standalone")) as port:
        engine = SparkWarehouse(f"sc://127.0.0.1:{port}")
        yield engine
        engine.close()
