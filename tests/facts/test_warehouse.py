"""facts.warehouse: one owner, one writer, readers never blocked, nothing inside a write of the operations store."""

import subprocess
import sys
import threading
from dataclasses import replace

import pyarrow as pa
import pytest

from potager.core import store
from potager.core.errors import Problem
from potager.core.settings import environment
from potager.facts import warehouse as owner
from potager.facts.warehouse import duckdb as driver
from potager.facts.warehouse import schema
from tests import conftest


@pytest.fixture(params=["embedded", "served"])
def warehouse(request, house, monkeypatch):
    """The same of a file of one's own and of one that another owns: there is one interface."""
    kind = "remote:" if request.param == "served" else ""
    monkeypatch.setattr(owner, "environment", lambda: replace(environment(), warehouse=kind))
    monkeypatch.setattr(conftest, "environment", owner.environment)
    yield from conftest.fresh_warehouse()


def columns(warehouse, table):
    described = warehouse.query(f"DESCRIBE {table}").to_pylist()
    return {row["column_name"]: row["column_type"] for row in described}


def test_every_table_has_exactly_the_declared_columns(warehouse):
    for table, declared in schema.TABLES.items():
        assert columns(warehouse, table) == declared
    assert columns(warehouse, "event") == schema.EVENT
    assert warehouse.query("FROM watermark").to_pylist() == [{"name": "journal", "seq": 0}]


def test_opening_again_keeps_what_is_there(warehouse):
    with warehouse.write() as writer:
        writer.append("watermark", pa.table({"name": ["x"], "seq": [7]}))
    owner.close()
    again = owner.get()
    assert again.query("FROM watermark ORDER BY name").to_pylist() == [
        {"name": "journal", "seq": 0},
        {"name": "x", "seq": 7},
    ]


def test_arrow_goes_in_by_column_name_and_missing_columns_are_null(warehouse):
    with warehouse.write() as writer:
        writer.append("relation", pa.table({"staff": ["wang"], "cid": [2**31 - 1]}))
    assert warehouse.query("SELECT cid, staff, since FROM relation").to_pylist() == [
        {"cid": 2**31 - 1, "staff": "wang", "since": None}
    ]


def test_parameters_are_bound_by_position_and_by_name(warehouse):
    assert warehouse.query("SELECT ? + 1 AS n", [2**40]).to_pylist() == [{"n": 2**40 + 1}]
    assert warehouse.query("SELECT $a || $b AS s", {"a": "值", "b": "'"}).to_pylist() == [{"s": "值'"}]


def test_names_in_sql_are_never_python_variables(warehouse):
    secret = pa.table({"x": [1]})
    with pytest.raises(Exception, match="secret"):
        warehouse.query("SELECT * FROM secret")
    assert secret.num_rows == 1


def test_a_failed_write_leaves_nothing_and_the_next_one_works(warehouse):
    def write_and_fail():
        with warehouse.write() as writer:
            writer.append("event_type", pa.table({"id": [1], "key": ["a"]}))
            assert writer.query("SELECT count(*) AS n FROM event_type").to_pylist() == [{"n": 1}]
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_and_fail()
    with warehouse.write() as writer:
        writer.append("event_type", pa.table({"id": [2], "key": ["b"]}))
    assert warehouse.query("SELECT id FROM event_type").to_pylist() == [{"id": 2}]


def test_replace_takes_a_select_or_rows(warehouse):
    with warehouse.write() as writer:
        writer.stage("fresh", pa.table({"cid": [1, 2]}))
        writer.replace("wide", "SELECT cid, cid * 10 AS t FROM fresh")
        writer.replace("narrow", pa.table({"cid": [9]}))
    assert warehouse.query("FROM wide ORDER BY cid").to_pylist() == [{"cid": 1, "t": 10}, {"cid": 2, "t": 20}]
    with warehouse.write() as writer:
        writer.replace("wide", pa.table({"cid": [3]}))
    assert warehouse.query("FROM wide").to_pylist() == [{"cid": 3}]
    assert warehouse.query("FROM narrow").to_pylist() == [{"cid": 9}]


def test_staged_rows_are_gone_after_the_transaction(warehouse):
    with warehouse.write() as writer:
        writer.stage("fresh", pa.table({"cid": [1]}))
    with pytest.raises(Exception, match="fresh"), warehouse.write() as writer:
        writer.query("FROM fresh")


def test_a_query_may_read_rows_given_beside_it_which_are_gone_afterwards(warehouse):
    with warehouse.write() as writer:
        writer.append("watermark", pa.table({"name": ["x", "y"], "seq": [7, 8]}))
    wanted = pa.table({"name": ["y"]})
    sql = "SELECT seq FROM watermark JOIN wanted USING (name)"
    assert warehouse.query(sql, beside={"wanted": wanted}).to_pylist() == [{"seq": 8}]
    for _ in range(driver.READERS):
        with pytest.raises(Exception, match="wanted"):
            warehouse.query(sql)


def test_readers_see_the_last_committed_state_while_a_write_is_open(warehouse):
    with warehouse.write() as writer:
        writer.append("event_type", pa.table({"id": [1], "key": ["a"]}))
        seen: list[int] = []
        reader = threading.Thread(
            target=lambda: seen.append(warehouse.query("SELECT count(*) AS n FROM event_type")["n"][0].as_py())
        )
        reader.start()
        reader.join(10)
        assert seen == [0]
    assert warehouse.query("SELECT count(*) AS n FROM event_type").to_pylist() == [{"n": 1}]


def test_the_warehouse_refuses_to_run_inside_a_write_of_the_operations_store(warehouse):
    with store.write():
        with pytest.raises(RuntimeError, match=r"store\.write"):
            warehouse.query("SELECT 1")
        with pytest.raises(RuntimeError, match=r"store\.write"), warehouse.write():
            pass
        with pytest.raises(RuntimeError, match=r"store\.write"), warehouse.heavy():
            pass


def test_a_second_write_in_the_same_thread_is_an_error_not_a_deadlock(warehouse):
    with warehouse.write(), pytest.raises(RuntimeError, match="already open"), warehouse.write():
        pass


def test_another_process_is_told_who_holds_the_file_and_what_to_do(warehouse, tmp_path):
    code = (
        "import sys, pathlib\n"
        "from potager.facts.warehouse.duckdb import DuckWarehouse\n"
        "from potager.core.errors import Problem\n"
        "try:\n"
        "    DuckWarehouse(pathlib.Path(sys.argv[1]))\n"
        "except Problem as problem:\n"
        "    print(problem.code, problem.status, problem.en)\n"
    )
    path = environment().warehouse_file
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("warehouse.owned 409 Another process (PID ")
    assert "stop that potager first" in done.stdout


def test_no_extension_can_be_installed_or_loaded_by_itself(warehouse):
    rows = warehouse.query(
        "SELECT name, value FROM duckdb_settings() WHERE name LIKE 'auto%extensions' ORDER BY name"
    ).to_pylist()
    assert [row["value"] for row in rows] == ["false", "false"]
    loaded = warehouse.query("SELECT extension_name AS e FROM duckdb_extensions() WHERE loaded ORDER BY e")
    assert loaded["e"].to_pylist() == ["core_functions", "icu", "json", "parquet"]


def test_a_malformed_memory_setting_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("POTAGER_MEMORY", "much")
    with pytest.raises(Problem) as caught:
        driver.DuckWarehouse(tmp_path / "w.duckdb")
    assert caught.value.code == "settings.memory"
    monkeypatch.setenv("POTAGER_MEMORY", "512MB")
    opened = driver.DuckWarehouse(tmp_path / "w.duckdb")
    limit = opened.query("SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'").to_pylist()
    opened.close()
    assert limit == [{"value": "488.2 MiB"}]


def test_what_does_not_fit_in_memory_is_written_to_scratch_space(monkeypatch, tmp_path):
    monkeypatch.setenv("POTAGER_MEMORY", "100MB")
    opened = driver.DuckWarehouse(tmp_path / "new" / "warehouse.duckdb")
    try:
        found = opened.query(
            "SELECT count(*)::BIGINT AS n FROM (SELECT i, md5(i::VARCHAR) AS a, md5((i + 1)::VARCHAR) AS b "
            "FROM range(1500000) t(i) ORDER BY a)"
        )
        with opened.write() as writer:
            writer.execute("CREATE TABLE big AS SELECT md5(i::VARCHAR) AS a, i FROM range(2000000) t(i) ORDER BY a")
    finally:
        opened.close()
    assert found["n"][0].as_py() == 1_500_000
    assert (tmp_path / "new" / "tmp").is_dir()
