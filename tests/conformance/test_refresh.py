"""A refresh on every engine: what the embedded one writes for the same facts and definitions, to the row and the cent.

The suite's customers are put into a house, copied before anything is computed, and refreshed here and there on two
days.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from pyroaring import BitMap

from potager.cli.insight import layers as layers_command
from potager.cli.insight import members as members_command
from potager.cli.insight import refresh as refresh_command
from potager.core import house as core_house
from potager.core.errors import Conflict
from potager.facts import warehouse as engines
from potager.facts.warehouse import Warehouse
from potager.insight import catalogue, copying, layers, queries, refresh, remote_refresh, sets, tables
from potager.insight.conditions import parse
from potager.insight.fields import AudienceField, Fields, TagField, TagKind
from potager.insight.metrics import Period, Question, answer
from potager.insight.models import Audience
from tests.conftest import fresh_warehouse
from tests.insight.conftest import upload
from tests.insight.garden import FIELDS, Garden
from tests.insight.histories import Plant

from . import definitions
from .people import ZONE

pytestmark = [pytest.mark.conformance, pytest.mark.once, pytest.mark.timeout(900)]
FIRST, SECOND = datetime(2026, 10, 20, 16, tzinfo=UTC), datetime(2026, 11, 3, 12, tzinfo=UTC)
EVERY = 7
VIEWED, BOUGHT = {"event": "product_viewed", "within": "30d"}, {"event": "order_paid", "within": "90d"}
RFM: dict[str, dict[str, Any]] = {
    "rfm": {"days": 365},
    "median": {"days": 30, "thresholds": {"rule": "median"}},
    "upper": {"days": 400, "thresholds": {"rule": "quantile", "q": 0.7}},
    "decided": {"thresholds": {"rule": "fixed", "days": 30, "orders": 2, "amount": "50.00"}},
    "fifths": {"thresholds": {"rule": "quintile"}},
    "nobody": {"days": 1, "thresholds": {"rule": "quintile"}},
}
ORDERED = {
    "life": [("repeat", {**BOUGHT, "op": "gte", "value": 2}), ("lively", {"event": "*", "within": "3d"})],
    # Looks at another layer and at an audience that is computed above it.
    "care": [("keep", {"layer": "rfm", "in": ["champion", "keep_high"]}), ("watch", {"audience": "dear"})],
}
AUDIENCES: dict[str, dict[str, Any]] = {
    "lookers": VIEWED,
    "dear": {"all": [{"layer": "life", "in": ["repeat"]}, {"audience": "lookers"}, {"not": {"list": "vip"}}]},
    "watched": {"any": [{"layer": "care", "in": ["watch"]}, {"audience": "spring"}]},
    "empty": {"event": "order_paid", "op": "gte", "value": 999},
}
READ = {
    "layer_now": "model, cid, layer, since",
    "layer_history": "model, cid, layer, from_day, to_day",
    "rfm_threshold": "model, day, buyers, days, orders, amount, cuts",
    "audience_version": "audience, version, as_of, n, hex(bitmap) AS bitmap",
    "result_state": "name, as_of_day, as_of, upto_seq, definition_hash, n",
    "tag_column": "tag, wide, col",
}


def fields() -> Fields:
    """The suite's definitions as tags, models of every kind, audiences that look at each other."""
    rules = {f"c{n}": rule for n, (_, rule) in enumerate(definitions.written()[::EVERY])}
    metrics = {f"m{n}": rule for n, rule in enumerate(definitions.measures()[::EVERY])}
    tags = {key: TagField(key, TagKind.RULE, None, rule, key, key) for key, rule in rules.items()}
    tags |= {key: TagField(key, TagKind.METRIC, None, rule, key, key) for key, rule in metrics.items()}
    models = {key: layers.layer_field(key, "rfm", settings, key, key) for key, settings in RFM.items()}
    for key, cases in ORDERED.items():
        written = [{"key": layer, "zh": layer, "when": when} for layer, when in cases]
        settings = {"layers": written, "else": {"key": "rest", "zh": "其他"}}
        models[key] = layers.layer_field(key, "ordered", settings, key, key)
    audiences = {key: AudienceField(key, frozen=False, rule=rule, zh=key, en=key) for key, rule in AUDIENCES.items()}
    return replace(
        FIELDS, zone=ZONE, tags={**FIELDS.tags, **tags}, layers=models, audiences={**FIELDS.audiences, **audiences}
    )


def planted_in(warehouse: Warehouse, garden: Garden) -> None:
    """The suite's customers in the tables of a house."""
    plant = Plant(warehouse)
    plant.prepare(0)
    with warehouse.write() as writer:
        for table in ("order_item", "orders", "customer", "customer_value", "relation", "manual_tag"):
            writer.append(table, garden.db.sql(f"FROM {table}").to_arrow_table())
        writer.append("event_hot", garden.db.sql("FROM event").to_arrow_table())
        # Every other refund is of its customer's first order.
        refunds = "SELECT *, CAST(cid AS BIGINT) AS o1, CAST(cid % 2 AS BIGINT) AS o2 FROM refund"
        writer.append("refund", garden.db.sql(refunds).to_arrow_table())


@pytest.fixture
def here(db: None, garden: Garden, monkeypatch: pytest.MonkeyPatch) -> Iterator[Warehouse]:
    """The house on the embedded engine, nothing computed yet."""
    core_house.found("花园", zone=str(ZONE), currency="CNY", world_at=datetime(2026, 12, 1, tzinfo=UTC))
    Audience.objects.create(
        key="spring", name_zh="春季", condition={}, created_at=FIRST, frozen_at=FIRST,
        members=BitMap(garden.audiences["spring"]).serialize(),
    )  # fmt: skip
    upload("vip", *garden.named["vip"], at=FIELDS.lists["vip"].at)
    known = fields()
    monkeypatch.setattr(catalogue, "load", lambda: known)
    for warehouse in fresh_warehouse():
        planted_in(warehouse, garden)
        yield warehouse


@pytest.fixture(params=["clickhouse", "spark", pytest.param("standalone", marks=pytest.mark.nightly)])
def there(request: pytest.FixtureRequest, here: Warehouse) -> Any:
    """The other engine, with a copy of the facts."""
    engine = request.getfixturevalue(f"{request.param}_of_its_own")
    copy(engine)
    return engine


def copy(engine: Any) -> copying.Copied:
    return copying.copy(tables.opened(catalogue.load()), engine, lambda _line: None)


def results(engine: Any) -> dict[str, list[str]]:
    """Everything a refresh wrote, but when it was computed and how long that took."""
    found = {table: engine.query(f"SELECT {columns} FROM {table}").to_pylist() for table, columns in READ.items()}
    for wide in sorted({row["wide"] for row in found["tag_column"]}):
        found[wide] = engine.query(f"SELECT * FROM {wide}").to_pylist()
    # As text, so that true is not 1.
    return {table: sorted(repr(plain(row)) for row in rows) for table, rows in found.items()}


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Wide whole numbers as whole numbers; doubles to twelve digits: the embedded engine interpolates with one rounding
    less where the processor can."""

    def one(value: Any) -> Any:
        match value:
            case Decimal():
                return int(value)
            case float():
                return float(f"{value:.12g}")
            case _:
                return value

    return {name: one(value) for name, value in row.items()}


def compared(here: Warehouse, there: Any) -> dict[str, list[str]]:
    expected, found = results(here), results(there)
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert found[table] == rows, table
    return expected


def test_two_days_of_refreshes_write_what_the_embedded_engine_writes(here: Warehouse, there: Any) -> None:
    reports = []
    for at in (FIRST, SECOND):
        refresh.run(at)
        reports.append(remote_refresh.run(there, at))
        written = compared(here, there)
    assert [(each.mode, each.changes, each.as_of) for each in reports] == [("full", 0, FIRST), ("full", 0, SECOND)]
    assert reports[1].names == len(written["result_state"]) > 200
    spells = here.query("SELECT model, count(to_day) AS n FROM layer_history GROUP BY model ORDER BY model").to_pylist()
    # Of every model that anybody buys into, spells were closed on the second day.
    assert {row["model"] for row in spells if row["n"]} >= {*RFM, *ORDERED} - {"nobody"}
    assert here.query("SELECT max(version) AS n FROM audience_version WHERE audience = 'dear'")["n"][0].as_py() == 2


def test_a_copy_that_holds_history_is_gone_on_with(here: Warehouse, there: Any) -> None:
    """The embedded engine computed the first day; the other goes on from the copy of that."""
    refresh.run(FIRST)
    copy(there)
    with pytest.raises(Conflict) as back:
        remote_refresh.run(there, datetime(2026, 10, 19, 12, tzinfo=UTC))
    assert back.value.code == "insight.refresh"
    refresh.run(SECOND)
    remote_refresh.run(there, SECOND)
    compared(here, there)


def test_the_next_copy_leaves_what_the_engine_keeps_up(here: Warehouse, there: Any) -> None:
    remote_refresh.run(there, FIRST)
    written = results(there)
    with here.write() as writer:
        writer.execute("INSERT INTO audience_version VALUES ('daily', 1, ?, ?, 0, ''::BLOB)", [SECOND, SECOND])
    copy(there)
    found = results(there)
    assert [row for row in found["audience_version"] if "daily" not in row] == written.pop("audience_version")
    assert {table: found[table] for table in written} == written
    assert len(found["audience_version"]) == len(AUDIENCES) + 1
    # A list of later than what is asked for now is no result of a refresh.
    assert remote_refresh.run(there, FIRST).as_of == FIRST
    assert results(there) == found


def test_a_refresh_that_ends_half_way_leaves_the_old_answers(there: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    remote_refresh.run(there, FIRST)
    before, names, make = results(there), names_of(there), type(there).make

    def failing(last: str) -> Callable[..., None]:
        def instead(self: Any, table: str, *more: Any) -> None:
            if table.startswith(last):
                raise KeyboardInterrupt
            make(self, table, *more)

        return instead

    for last in ("layer_history", "tag_wide_0_3", "flags", "layer_now"):
        monkeypatch.setattr(type(there), "make", failing(f"{last}__"))
        with pytest.raises(KeyboardInterrupt):
            remote_refresh.run(there, SECOND)
        assert results(there) == before
        assert names_of(there) == names


def test_a_refresh_that_ends_between_two_exchanges_is_made_good_by_the_next(
    here: Warehouse, there: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run in (refresh.run, lambda at: remote_refresh.run(there, at)):
        run(FIRST)
    states, exchange, done = results(there)["result_state"], type(there).exchange, []

    def failing(self: Any, table: str, fresh: str) -> None:
        if table == "layer_now":
            raise KeyboardInterrupt
        done.append(table)
        exchange(self, table, fresh)

    monkeypatch.setattr(type(there), "exchange", failing)
    with pytest.raises(KeyboardInterrupt):
        remote_refresh.run(there, SECOND)
    assert done[-2:] == ["tag_column", "layer_history"]
    assert results(there)["result_state"] == states
    monkeypatch.setattr(type(there), "exchange", exchange)
    refresh.run(SECOND)
    remote_refresh.run(there, SECOND)
    compared(here, there)


def test_one_of_two_refreshes_at_once_gives_way(there: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    remote_refresh.run(there, FIRST)
    rows = refresh.state_rows

    def overtaken(*args: Any, **more: Any) -> pa.Table:
        found = rows(*args, **more)
        there.replace("result_state", found)
        return found

    monkeypatch.setattr(refresh, "state_rows", overtaken)
    names = names_of(there)
    with pytest.raises(Conflict) as refused:
        remote_refresh.run(there, SECOND)
    assert (refused.value.code, names_of(there)) == ("insight.refresh", names)


def names_of(engine: Any) -> set[str]:
    """The tables there are."""
    if engine.capabilities.name == "spark":
        return set(engine.query("SHOW TABLES")["tableName"].to_pylist())
    return set(engine.query("SELECT name FROM system.tables WHERE database = currentDatabase()")["name"].to_pylist())


@pytest.fixture
def asked(there: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], Any]:
    """Asks a question here and there after a refresh of both, and compares."""
    here = engines.get()
    for at in (FIRST, SECOND):
        refresh.run(at)
        remote_refresh.run(there, at)

    def compare(ask: Callable[[], Any]) -> Any:
        expected = ask()
        with monkeypatch.context() as patched:
            patched.setattr(engines, "get", lambda: there)
            assert ask() == expected
        assert engines.get() is here
        return expected

    return compare


def test_questions_about_results_have_the_same_answers(asked: Any) -> None:
    for condition in (
        {"layer": "life", "in": ["repeat"]}, {"layer": "fifths", "in": ["top", "loyal", "lost"]}, {"audience": "dear"},
        {"all": [{"tag": "heat", "op": "in", "value": ["warm"]}, {"not": {"audience": "watched"}}]},
    ):  # fmt: skip
        assert len(asked(lambda condition=condition: sets.members(parse(condition), SECOND).tolist())) > 2
        asked(lambda condition=condition: sets.counted(parse(condition), SECOND).count)
    first, second = FIRST.date(), SECOND.date()
    for model in (*RFM, *ORDERED):
        assert sum(asked(lambda model=model: queries.layer_sizes(model, first)).values()) == 380
        assert len(asked(lambda model=model: queries.layer_flow(model, first, second))) > 1
        asked(lambda model=model: plain(dict(queries.thresholds(model, second) or {})))
    known = catalogue.load()
    assert set(asked(lambda: queries.case_counts(known))["heat"]) == {"hot", "warm", "cold"}
    assert asked(lambda: {name: (each.n, each.as_of) for name, each in queries.stands().items()})["tag:buyer"][0] > 100
    assert asked(queries.versions)["dear"][0] == 2
    question = Question(("gmv", "buyers"), ("layer:life",), Period(date(2026, 9, 1), second))
    assert len(asked(lambda: answer(question, SECOND, known)).rows) > 1


def test_the_commands_work_on_the_engine(there: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "get", lambda: there)
    monkeypatch.setattr(engines, "target", lambda: there)
    told = told_by(refresh_command, "--as-of", SECOND.isoformat(), "--json")
    assert (told["mode"], told["changes"], told["forwarded"]) == ("full", 0, 0)
    again = CliRunner().invoke(refresh_command, ["--as-of", SECOND.isoformat()], catch_exceptions=False)
    assert "总是全量重算，不通知旅程" in again.stdout
    sizes = told_by(layers_command, "--as-of", SECOND.isoformat(), "--json")["life"]["sizes"]
    members = told_by(members_command, '{"layer": "life", "in": ["lively"]}', "--as-of", SECOND.isoformat(), "--json")
    assert sizes["lively"] == len(members) > 0


def told_by(command: Any, *arguments: str) -> Any:
    return json.loads(CliRunner().invoke(command, arguments, catch_exceptions=False).stdout)
