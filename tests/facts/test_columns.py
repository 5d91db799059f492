"""facts.columns and facts.plan.typed: one meaning of a typed property, in the warehouse and in memory."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potager.core import store
from potager.facts import columns, loader, plan
from potager.facts.models import PropertyKind
from potager.org.access import SYSTEM
from tests.facts.feeding import event, offer, rows

AT = datetime(2026, 10, 5, tzinfo=UTC)


def define(event_key, key, kind):
    with store.write():
        if event_key not in plan.SYSTEM_EVENTS:
            plan.define_event(SYSTEM, event_key, zh="试")
        plan.define_property(SYSTEM, event_key, key, zh="试", kind=PropertyKind(kind))


def test_a_property_typed_later_is_filled_from_what_was_kept_and_misfits_are_counted(warehouse):
    offer(*(event(f"m{i}", "quiz", AT, score=value) for i, value in enumerate([7, "8", "x", None, [1], 2.5])))
    loader.load_all()
    define("quiz", "score", "integer")
    offer(event("late", "quiz", AT, score="nine"), event("fits", "quiz", AT, score=10))
    loader.load_all()
    assert rows(warehouse, "SELECT p_score FROM event ORDER BY seq") == [
        (7,),
        (8,),
        (None,),
        (None,),
        (None,),
        (None,),
        (None,),
        (10,),
    ]
    assert rows(warehouse, "SELECT property, sum(n)::BIGINT FROM property_misfit GROUP BY 1") == [("score", 4)]
    [(kept,)] = rows(warehouse, "SELECT props FROM event WHERE p_score IS NULL ORDER BY seq LIMIT 1")
    assert json.loads(kept) == {"score": "x"}


def test_a_property_has_one_kind_in_the_whole_house(house):
    define("quiz", "score", "integer")
    define("exam", "score", "integer")
    with pytest.raises(plan.Conflict) as caught, store.write():
        plan.define_property(SYSTEM, "product_viewed", "score", zh="分", kind=PropertyKind.TEXT)
    assert caught.value.code == "plan.kind"


ODD = [
    "",
    "1",
    "-12",
    "+3",
    "1e5",
    "1e999",
    "١٢",
    "1_000",
    " 1",
    "NaN",
    "inf",
    "0x10",
    ".5",
    "5.",
    "true",
    "True",
    "yes",
    "2026-10-05T08:00:00Z",
    "2026-10-05 08:00:00+08:00",
    "2026-13-05T08:00:00Z",
    "2026-10-05T25:00:00Z",
    "2026-10-05T08:00:00",
    "2026-10-05",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "2026-10-05T08:00:00.123456+05:30",
    "2026-10-05T08:00:00+24:30",
    "999999999999999999",
    "1234567890123456789",
]
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8),
    st.sampled_from(ODD),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from("ab"), st.integers(), max_size=2),
)


@pytest.fixture(scope="module")
def engine():
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    yield connection
    connection.close()


@settings(max_examples=300, deadline=None)
@given(value=scalars)
def test_the_warehouse_and_the_program_type_every_value_alike(engine, value):
    text = json.dumps({"v": value}, ensure_ascii=False)
    typed = [columns.TypedColumn(kind.value, "v", kind) for kind in PropertyKind]
    sql = f"SELECT 1{columns.selected(typed)} FROM (SELECT 1{columns.extracted(typed, '?::VARCHAR')})"
    found = engine.execute(sql, [text, text]).fetchone()[1:]
    for kind, got in zip(PropertyKind, found, strict=True):
        if kind is PropertyKind.TEXT and isinstance(value, float):
            continue  # the text of a float is the engine's own; everything else must be equal
        assert got == plan.typed(kind, value), (kind, value)
