"""insight.remote_refresh, staging and rfm_portable without an engine: what is written, in which order, and what the
statements by hand mean, on a DuckDB in memory."""

import json
import random
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from potager.insight.conditions import bind_rule
from potager.insight.layers import Fixed, Mean, Median, Quantile, Quintile, RfmSettings
from potager.insight.programs import Definition, Output, compile_level
from potager.insight.remote_refresh import thresholds_with, turned, typed
from potager.insight.rfm import cells_sql, thresholds_sql
from potager.insight.staging import Staging, over

from .garden import FIELDS

DAY, BEFORE, EARLIER = date(2026, 11, 3), date(2026, 11, 1), date(2026, 10, 1)


class Recorded:
    """A distributed engine that writes down what it is told."""

    capabilities = type("Capabilities", (), {"name": "clickhouse"})()

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        def tell(*arguments: Any) -> None:
            self.told.append((name, *arguments))

        return tell


def history(*, before: list[tuple[Any, ...]], fresh: list[tuple[Any, ...]], models: list[str]) -> list[tuple[Any, ...]]:
    db = duckdb.connect(":memory:")
    db.execute("CREATE TABLE layer_history (model VARCHAR, cid INTEGER, layer VARCHAR, from_day DATE, to_day DATE)")
    db.execute("CREATE TABLE fresh_layer (model VARCHAR, cid INTEGER, layer VARCHAR)")
    for table, rows in (("layer_history", before), ("fresh_layer", fresh)):
        for row in rows:
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    found = db.execute(f"SELECT * FROM ({turned(models, DAY)}) ORDER BY ALL NULLS LAST").fetchall()
    db.close()
    return found


@pytest.mark.parametrize(
    ("before", "layer", "after"),
    [
        pytest.param([("a", EARLIER, None)], "a", [("a", EARLIER, None)], id="stays"),
        pytest.param([("a", EARLIER, None)], "b", [("a", EARLIER, DAY), ("b", DAY, None)], id="moves"),
        pytest.param([("a", EARLIER, None)], None, [("a", EARLIER, DAY)], id="is gone"),
        pytest.param([], "a", [("a", DAY, None)], id="comes"),
        pytest.param([("a", DAY, None)], "a", [("a", DAY, None)], id="stays on the day it came"),
        pytest.param([("a", DAY, None)], "b", [("b", DAY, None)], id="moves on the day it came"),
        pytest.param([("a", DAY, None)], None, [], id="is gone on the day it came"),
        pytest.param(
            [("a", EARLIER, BEFORE), ("b", BEFORE, None)],
            "a",
            [("a", EARLIER, BEFORE), ("a", DAY, None), ("b", BEFORE, DAY)],
            id="moves back",
        ),
        pytest.param(
            [("a", EARLIER, DAY), ("b", DAY, None)],
            "a",
            [("a", EARLIER, DAY), ("a", DAY, None)],
            id="and back in a day",
        ),
        pytest.param([("a", EARLIER, BEFORE)], "a", [("a", DAY, None), ("a", EARLIER, BEFORE)], id="comes again"),
    ],
)
def test_spells_end_and_begin(before, layer, after):
    found = history(
        before=[("life", 1, *spell) for spell in before],
        fresh=[] if layer is None else [("life", 1, layer)],
        models=["life", "other"],
    )
    assert found == [("life", 1, *spell) for spell in sorted(after, key=lambda each: (each[0], each[1]))]


def test_models_that_were_not_computed_stand_and_customers_are_told_apart():
    kept = [("rfm", 1, "none", EARLIER, None), ("rfm", 2, "none", EARLIER, BEFORE)]
    found = history(
        before=[*kept, ("life", 1, "a", EARLIER, None), ("it's", 1, "a", EARLIER, None)],
        fresh=[("life", 1, "a"), ("life", 2, "a"), ("it's", 1, "b")],
        models=["life", "it's"],
    )
    assert found == sorted(
        [
            *kept, ("life", 1, "a", EARLIER, None), ("life", 2, "a", DAY, None), ("it's", 1, "a", EARLIER, DAY),
            ("it's", 1, "b", DAY, None),
        ],
        key=repr,
    )  # fmt: skip


def test_thresholds_of_the_day_take_the_place_of_those_it_had():
    columns = "buyers, days, orders, amount, cuts"
    one = "SELECT 2 AS buyers, 1.0 AS days, 1.0 AS orders, 1.0 AS amount, '' AS cuts"
    kept = " UNION ALL ".join(
        f"SELECT '{model}' AS model, DATE '{day}' AS day, {columns} FROM ({one.replace('2', '1')})"
        for model in ("rfm", "fifths", "gone") for day in (BEFORE, DAY)
    )  # fmt: skip
    sql = thresholds_with({"rfm": "limit_0", "fifths": "limit_1"}, DAY)
    found = duckdb.sql(f"WITH rfm_threshold AS ({kept}), limit_0 AS ({one}), limit_1 AS ({one}) {sql}").fetchall()
    assert sorted(row[:3] for row in found) == [
        ("fifths", BEFORE, 1), ("fifths", DAY, 2), ("gone", BEFORE, 1), ("gone", DAY, 1), ("rfm", BEFORE, 1),
        ("rfm", DAY, 2),
    ]  # fmt: skip


RULES = [Mean(), Median(rule="median"), Quintile(rule="quintile"), Fixed(rule="fixed", days=9, orders=2, amount="1")]
RULES += [Quantile(rule="quantile", q=q) for q in (0.001, 0.25, 0.7, 1 / 3, 0.999)]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_portable_thresholds_are_those_of_the_embedded_engine(rule):
    """Rows of every number, ties among them: the same thresholds, and so everybody in the same cell."""
    rng, settings = random.Random(7), RfmSettings(thresholds=rule)
    db = duckdb.connect(":memory:")
    for buyers in (0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 40, 101):
        rows = [(cid, rng.randrange(9), rng.randrange(1, 4), rng.randrange(-500, 10**9)) for cid in range(buyers)]
        values = pa.table(
            {name: pa.array([row[n] for row in rows], pa.int64()) for n, name in enumerate(("cid", *"rfm"))}
        )
        db.register("given", values)
        db.execute("CREATE OR REPLACE TABLE v AS SELECT *, DATE '2026-11-01' AS last_day, '' AS layer FROM given")
        cells = []
        for portable in (False, True):
            limits = thresholds_sql(settings, "v", "CNY", portable=portable)
            db.execute(f"CREATE OR REPLACE TABLE limits_{int(portable)} AS {limits}")
            cells.append(
                db.sql(f"SELECT cid, layer FROM ({cells_sql(settings, 'v', f'limits_{int(portable)}')})").fetchall()
            )
        expected, found = (db.sql(f"FROM limits_{n}").fetchall()[0] for n in (0, 1))
        assert found[0] == expected[0] == buyers
        assert [None if each is None else pytest.approx(each, rel=1e-12) for each in expected[1:4]] == list(found[1:4])
        assert [each and json.loads(each) for each in (expected[4], found[4])] == [
            expected[4] and json.loads(expected[4])
        ] * 2
        assert cells[1] == cells[0]
    db.close()


def test_tags_with_conditions_are_typed_and_values_left():
    plain = Definition(Output.TAG, "buyer", (("", bind_rule({"event": "order_paid"}, FIELDS)),))
    cases = Definition(Output.TAG, "heat", (("hot", bind_rule({"event": "order_paid"}, FIELDS)),), "cold")
    assert typed([plain, cases], "SELECT 1") == (
        "SELECT cid, CAST(`tag:buyer` AS BOOLEAN) AS `tag:buyer`, `tag:heat` FROM (SELECT 1) AS w"
    )


def test_words_of_flags_are_of_one_width_in_every_branch_on_spark():
    """70 leaves of events fill a word and more; the customers' own leaf has no bit in the first."""
    bought = [{"event": "order_paid", "op": "gte", "value": n} for n in range(1, 71)]
    bounds = [bind_rule({"any": [*bought, {"attr": "vip", "op": "eq", "value": True}]}, FIELDS)]
    definitions = tuple(Definition(Output.TAG, f"t{n}", (("", bound),)) for n, bound in enumerate(bounds))
    flags = compile_level(definitions, only=False, dialect="spark").flags
    assert flags is not None
    assert "CAST(0 AS BIGINT) AS `w0`" in flags.sql
    assert " 0 AS `w" not in flags.sql


def test_a_statement_reads_what_was_made_instead_of_the_tables_it_names():
    made = {"flags": "flags__1", "layer_history": "layer_history__2"}
    assert over("SELECT 1 FROM customer", made) == "SELECT 1 FROM customer"
    assert over("SELECT 1 FROM flags", made) == (
        "SELECT * FROM (WITH `flags` AS (SELECT * FROM `flags__1`) SELECT * FROM (SELECT 1 FROM flags) AS x) AS y"
    )


def test_what_is_made_again_reads_what_it_was_before_and_takes_its_place():
    engine = Recorded()
    stage = Staging(engine)
    stage.make("flags", "SELECT 1", ("cid",))
    stage.make("flags", "SELECT * FROM flags")
    stage.put("audience:dear", pa.table({"cid": pa.array([], pa.int32())}))
    [(_, first, *_), (_, second, sql, _), dropped, (created, named, _)] = engine.told
    assert f"`flags` AS (SELECT * FROM `{first}`)" in sql
    assert dropped == ("drop", first)
    assert (created, named.partition("__")[0]) == ("create", "beside")
    engine.told.clear()
    stage.exchange(["flags"])
    stage.clear()
    assert engine.told == [("exchange", "flags", second), ("drop", named)]


def test_where_an_exchange_fails_its_table_stays_and_the_others_are_taken_away():
    engine = Recorded()
    stage = Staging(engine)
    stage.write("layer_history", "SELECT 1 // 2 AS x")
    stage.write("layer_now", "SELECT 1 AS x")
    [(_, _, sql, _), (_, now, _, _)] = engine.told
    assert sql == "SELECT intDiv(1, 2) AS x"
    engine.exchange = lambda *_: 1 / 0
    with pytest.raises(ZeroDivisionError):
        stage.exchange(["layer_history", "layer_now"])
    stage.clear()
    assert engine.told[2:] == [("drop", now)]


def test_what_was_made_in_part_is_taken_away_with_what_it_was_to_replace():
    engine = Recorded()
    stage = Staging(engine)
    stage.make("flags", "SELECT 1")
    make = engine.make

    def breaking(*arguments: Any) -> None:
        make(*arguments)
        raise OSError

    engine.make = breaking
    with pytest.raises(OSError):
        stage.make("flags", "SELECT 2")
    stage.clear()
    [(_, whole, *_), (_, part, *_), *dropped] = engine.told
    assert dropped == [("drop", whole), ("drop", part)]
