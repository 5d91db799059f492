"""`potager warehouse copy`, and the house's questions on the engine it filled."""

import json
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner

from potager.cli.metrics import metrics
from potager.cli.warehouse import warehouse as command
from potager.core.errors import Conflict, Problem
from potager.core.settings import environment
from potager.facts import warehouse as engines
from potager.facts.warehouse.clickhouse import ClickHouseWarehouse
from potager.insight import catalogue, copying, sets, tables
from potager.insight.conditions import parse
from tests.insight.conftest import Plot, day, plot

__all__ = ["plot"]
pytestmark = [pytest.mark.conformance, pytest.mark.once]
CONDITIONS = (
    {"event": "order_paid", "within": "90d", "op": "gte", "value": 2},
    {"event": "order_paid", "measure": {"sum": "amount"}, "op": "gte", "value": "100.00"},
    {"not": {"event": "product_viewed", "within": "30d"}},
    {"relation": {"staff": "zhangsan"}},
    {"all": []},
)


@pytest.fixture
def grown(plot: Plot) -> Plot:
    """Sixty customers and half a year of orders and views."""
    from potager.org.models import Staff

    Staff.objects.create(key="zhangsan", name="张三")
    plot.customers(*range(1, 61))
    for cid in range(1, 61):
        for month in range(5, 11):
            if (cid + month) % 3:
                order = plot.order(cid, f"2026-{month:02}-{cid % 28 + 1:02}", cid * 37)
                if cid % 10 == 0:
                    plot.refund(order, cid, f"2026-{month:02}-28", 100)
        if cid % 2:
            plot.event(cid, "product_viewed", day(f"2026-10-{cid % 28 + 1:02}"))
            plot.relation(cid, "zhangsan", day("2026-06-01"))
    return plot


@pytest.fixture
def target(clickhouse_of_its_own: ClickHouseWarehouse) -> ClickHouseWarehouse:
    return clickhouse_of_its_own


def silent(_line: str) -> None:
    """Nobody waits in a test."""


def test_a_copy_is_whole_and_the_next_one_brings_nothing(grown: Plot, target: ClickHouseWarehouse) -> None:
    source = tables.opened(catalogue.load())
    first = copying.copy(source, target, silent)
    orders = "SELECT count(*) AS n, sum(amount) AS s, count(DISTINCT cid) AS c FROM orders"
    here, there = (each.query(orders).to_pylist()[0] for each in (source, target))
    assert {name: int(value) for name, value in here.items()} == there
    again = copying.copy(source, target, silent)
    assert first.there == 0
    assert again.there == first.brought - len(copying.WHOLE)
    assert again.brought == len(copying.WHOLE)


def test_a_copy_that_was_stopped_goes_on(
    grown: Plot, target: ClickHouseWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tables.opened(catalogue.load())
    sent: list[str] = []
    append = ClickHouseWarehouse.append

    def stopping(self: ClickHouseWarehouse, table: str, rows: pa.Table) -> None:
        sent.append(table)
        append(self, table, rows if len(sent) < 4 else rows.slice(0, rows.num_rows // 2))
        if len(sent) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(ClickHouseWarehouse, "append", stopping)
    with pytest.raises(KeyboardInterrupt):
        copying.copy(source, target, silent)
    monkeypatch.setattr(ClickHouseWarehouse, "append", append)
    done = copying.copy(source, target, silent)
    assert done.there == 3
    schema = source.query("SELECT * FROM orders LIMIT 0").schema
    assert copying.told(target, "orders", schema, "1 = 1") == copying.told(source, "orders", schema, "1 = 1")


def test_what_changed_since_is_brought_and_what_is_gone_is_removed(grown: Plot, target: ClickHouseWarehouse) -> None:
    source = tables.opened(catalogue.load())
    copying.copy(source, target, silent)
    with grown.warehouse.write() as writer:
        writer.execute("UPDATE orders SET amount = amount + 1 WHERE day BETWEEN '2026-06-01' AND '2026-06-30'")
        writer.execute("DELETE FROM orders WHERE day < '2026-06-01'")
    done = copying.copy(source, target, silent)
    assert done.brought == 1 + len(copying.WHOLE)
    first = target.query("SELECT min(day) AS d FROM orders")["d"][0].as_py()
    assert first >= date(2026, 6, 1)


def test_rows_that_were_lost_on_the_way_are_seen(
    grown: Plot, target: ClickHouseWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = ClickHouseWarehouse.append
    monkeypatch.setattr(ClickHouseWarehouse, "append", lambda self, table, rows: append(self, table, rows.slice(1)))
    with pytest.raises(Conflict) as refused:
        copying.copy(tables.opened(catalogue.load()), target, silent)
    assert refused.value.code == "warehouse.copy"


@pytest.fixture
def elsewhere(grown: Plot, target: ClickHouseWarehouse, clickhouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The house with POTAGER_WAREHOUSE naming the engine; gives what the embedded one answered before."""
    source = tables.opened(catalogue.load())
    answers = [(sets.members(parse(each)).tolist(), sets.counted(parse(each))) for each in CONDITIONS]
    copying.copy(source, target, silent)
    engines.close()
    monkeypatch.setenv("POTAGER_WAREHOUSE", clickhouse_url.rpartition("/")[0] + "/copied")
    environment.cache_clear()
    yield answers
    engines.close()
    monkeypatch.delenv("POTAGER_WAREHOUSE")
    environment.cache_clear()


def test_the_house_asks_the_engine_its_settings_name(elsewhere: Any) -> None:
    assert engines.get().capabilities.name == "clickhouse"
    for condition, (members, counted) in zip(CONDITIONS, elsewhere, strict=True):
        assert sets.members(parse(condition)).tolist() == members
        assert sets.counted(parse(condition)) == counted
        assert sets.count(parse(condition)) == counted.count
        assert sets.holds(parse(condition), range(1, 20)) == {cid for cid in members if cid < 20}


def test_what_the_engine_does_not_do_is_refused_plainly(elsewhere: Any) -> None:
    with pytest.raises(Conflict) as load:
        engines.get().write()
    with pytest.raises(Conflict) as results:
        tables.opened()
    assert [each.value.code for each in (load, results)] == ["warehouse.read_only", "warehouse.unsupported"]


def test_the_commands_answer_from_the_engine(elsewhere: Any) -> None:
    told = CliRunner().invoke(metrics, ["gmv", "--by", "month", "--from", "2026-05-01", "--to", "2026-10-31", "--json"])
    assert told.exit_code == 0, told.output
    values = [row["now"]["gmv"]["value"] for row in json.loads(told.stdout)["rows"]]
    assert values == [sum(cid * 37 for cid in range(1, 61) if (cid + month) % 3) for month in range(5, 11)]


def test_a_column_that_was_not_copied_is_a_plain_sentence(elsewhere: Any) -> None:
    from potager.people.models import Attribute

    Attribute.objects.create(key="shoe", name_zh="鞋码", kind="number")
    with pytest.raises(Problem) as refused:
        sets.members(parse({"attr": "shoe", "op": "gte", "value": 40}))
    assert refused.value.code == "warehouse.failed"
    assert "potager warehouse copy" in refused.value.en


def test_the_command_tells_what_it_did(grown: Plot, target: ClickHouseWarehouse, clickhouse_url: str) -> None:
    url = clickhouse_url.rpartition("/")[0] + "/copied"
    told = CliRunner().invoke(command, ["copy", "--to", url, "--json"], catch_exceptions=False)
    done = json.loads(told.stdout.splitlines()[-1])
    assert done["already_there"] == 0
    assert done["rows"] > 300


def test_an_engine_that_does_not_answer_is_a_plain_sentence() -> None:
    with pytest.raises(Problem) as refused:
        engines.distributed("clickhouse://user:secret@127.0.0.1:9/db")
    assert refused.value.code == "warehouse.unreachable"
    assert "secret" not in refused.value.en
