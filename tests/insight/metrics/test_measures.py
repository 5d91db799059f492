"""Every measure, cut by every dimension it can be cut by, equals a second computation with pandas."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from potager.core import clock
from potager.core import house as core_house
from potager.insight import catalogue
from potager.insight.metrics import Period, Question, answer
from potager.insight.metrics.dimensions import DIMENSIONS, GRAINS
from potager.insight.metrics.measures import MEASURES, named
from potager.insight.metrics.periods import cut, previous
from potager.insight.metrics.plan import cuttable
from potager.insight.models import LayerModel, TagDefinition
from tests.conftest import fresh_warehouse

from .ledger import Ledger

ALL = (*MEASURES, "retention(7)")
PARAMETERS = {"layer": "layer:metal", "tag": "tag:skin"}
NOT_HERE = {"contact_way", "group", "audience", "attr", "layer_before"}
BY_LINE = {"product", "category"}
# Summer time begins in New York on 8 March 2026; the spans begin and end inside a month.
WORLDS = {
    "Asia/Shanghai": (datetime(2026, 4, 10, 16, 30, tzinfo=UTC), Period(date(2026, 2, 17), date(2026, 4, 9))),
    "America/New_York": (datetime(2026, 3, 31, 3, 59, 59, tzinfo=UTC), Period(date(2026, 2, 27), date(2026, 3, 30))),
}


@pytest.fixture(params=[(seed, zone) for zone in WORLDS for seed in (1, 2)], ids=str)
def ledger(request, db):
    seed, zone = request.param
    as_of, _ = WORLDS[zone]
    core_house.found("花园", zone=zone, currency="CNY", world_at=datetime(2026, 6, 1, tzinfo=UTC))
    for warehouse in fresh_warehouse():
        LayerModel.objects.create(
            key="metal", name_zh="金属", kind="ordered",
            settings={
                "layers": [{"key": "gold", "zh": "金", "when": {"event": "order_paid"}}],
                "else": {"key": "iron", "zh": "铁"},
            },
        )  # fmt: skip
        TagDefinition.objects.create(key="skin", name_zh="肤质", source="manual", value_kind="choice", options=["dry"])
        made = Ledger(seed, zone, date(2026, 2, 10), date(2026, 4, 15), as_of)
        made.write(warehouse)
        yield made


def span_of(ledger: Ledger) -> Period:
    return WORLDS[str(ledger.zone)][1]


def of_value(dimension: str, value: str | None):
    """Keeps the rows with this value of a dimension, empty and missing being none."""

    def only(frame: pd.DataFrame) -> pd.DataFrame:
        column = frame[dimension]
        return frame[column.isna() | (column == "")] if value is None else frame[column == value]

    return only


def level(found) -> tuple | None:
    return None if found.ratio is None else (found.ratio.numerator, found.ratio.denominator)


def known(expected: tuple | None) -> tuple | None:
    return expected if expected and expected[1] else None


def everybody(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def test_of_the_whole_house_by_month_and_before(ledger):
    span = span_of(ledger)
    found = answer(Question(ALL, ("month",), span, compare=True), ledger.as_of, catalogue.load())
    for i, measure in enumerate(ALL):
        for row in found.rows:
            period = cut(span, "month")[row.period]
            before = previous(period, "month")
            assert level(row.now[i]) == known(ledger.expected(measure, period.start, period.end, everybody)), measure
            assert level(row.before[i]) == known(ledger.expected(measure, before.start, before.end, everybody)), measure
        whole, before = found.whole, span.before()
        assert level(whole.now[i]) == known(ledger.expected(measure, span.start, span.end, everybody)), measure
        assert level(whole.before[i]) == known(ledger.expected(measure, before.start, before.end, everybody)), measure
    assert [row.period for row in found.rows] == list(cut(span, "month"))


@pytest.mark.parametrize("grain", ["day", "week", "quarter", "year"])
def test_of_other_grains(ledger, grain):
    span = span_of(ledger)
    asked = ("gmv", "buyers", "users", "new_relations", "losses", "friends", "refunds", "reach")
    found = answer(Question(asked, (grain,), span), ledger.as_of, catalogue.load())
    for row in found.rows:
        period = cut(span, grain)[row.period]
        for i, measure in enumerate(asked):
            assert level(row.now[i]) == known(ledger.expected(measure, period.start, period.end, everybody)), measure


@pytest.mark.parametrize("dimension", [key for key in DIMENSIONS if key not in {*NOT_HERE, *GRAINS}])
def test_cut_by_each_dimension(ledger, dimension, monkeypatch):
    span, key = span_of(ledger), PARAMETERS.get(dimension, dimension)
    if dimension in BY_LINE:
        by_line(ledger, monkeypatch)
    able = [each for each in ALL if dimension in cuttable(named(each))]
    assert able
    found = answer(Question(tuple(able), (key,), span), ledger.as_of, catalogue.load())
    values = [row.cell[0] for row in found.rows]
    assert len(set(values)) == len(values)

    def absent(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame[key].notna() & ~frame[key].isin([*values, ""])]

    for i, measure in enumerate(able):
        for row in found.rows:
            expected = known(ledger.expected(measure, span.start, span.end, of_value(key, row.cell[0])))
            assert level(row.now[i]) == expected, (measure, row.cell)
        # What is not among the cells holds nothing.
        nothing = ledger.expected(measure, span.start, span.end, absent)
        assert nothing is None or nothing[0] == 0, measure


def by_line(ledger: Ledger, monkeypatch) -> None:
    """Of products the money is that of their lines, and orders are those that hold one."""
    lines = ledger.lines()
    lines = lines.assign(amount=lines["line_amount"], cost=lines["line_cost"].where(lines["cost"].notna()))
    monkeypatch.setattr(ledger, "paid", lambda: lines)
    shared = ledger.returned_lines()
    monkeypatch.setattr(ledger, "returned", lambda: shared)
    monkeypatch.setattr(ledger, "lines", lambda: lines)
    monkeypatch.setattr(
        ledger, "_orders", lambda start, end, only: (ledger._in(only(lines), start, end)["n"].nunique(), 1)
    )


def test_products_add_up_to_the_whole(ledger):
    span = span_of(ledger)
    asked = ("gmv", "refunds", "net_gmv", "gross_profit")
    found = answer(Question(asked, ("product",), span), ledger.as_of, catalogue.load())
    for i in range(len(asked)):
        assert (
            sum(row.now[i].ratio.numerator for row in found.rows if row.now[i].ratio)
            == found.whole.now[i].ratio.numerator
        )


def test_two_cuts_at_once_add_up_to_one(ledger):
    span, fields = span_of(ledger), catalogue.load()
    both = answer(Question(("gmv",), ("week", "source", "channel"), span), ledger.as_of, fields)
    one = answer(Question(("gmv",), ("week", "channel"), span), ledger.as_of, fields)
    sums: dict = {}
    for row in both.rows:
        key = (row.period, row.cell[1])
        sums[key] = sums.get(key, 0) + row.now[0].ratio.numerator
    assert sums == {(row.period, row.cell[0]): row.now[0].ratio.numerator for row in one.rows}


def test_facts_after_the_instant_are_not_known(ledger):
    """The same house asked as of a day in the middle equals the house that ended there."""
    span = Period(span_of(ledger).start, date(2026, 3, 20))
    then = clock.day_end(date(2026, 3, 12))
    found = answer(Question(ALL, (), span), then, catalogue.load())
    ledger.as_of = then
    for i, measure in enumerate(ALL):
        assert level(found.whole.now[i]) == known(ledger.expected(measure, span.start, span.end, everybody)), measure
