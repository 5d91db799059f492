"""Metrics, funnels and retention on every engine: the texts they are on the embedded one, and the same numbers.

A random house (tests/insight/metrics/ledger.py, where pandas holds the embedded engine to account) is copied over.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest

from potager.core import house as core_house
from potager.facts import warehouse as engines
from potager.facts.warehouse import Warehouse
from potager.insight import catalogue, copying, refresh, tables
from potager.insight.conditions import bind_rule
from potager.insight.metrics import Period, Question, answer
from potager.insight.metrics.dimensions import DIMENSIONS, GRAINS
from potager.insight.metrics.measures import MEASURES, named
from potager.insight.metrics.paths import focus_of, funnel_of, retention_of
from potager.insight.metrics.plan import MOST, cuttable
from potager.insight.metrics.run import sums_of
from potager.insight.metrics.schemas import FocusIn, FunnelIn, RetentionIn
from potager.insight.models import LayerModel, TagDefinition
from tests.conftest import fresh_warehouse
from tests.insight.conftest import define_audience
from tests.insight.metrics.ledger import Ledger

pytestmark = [pytest.mark.conformance, pytest.mark.once]
ALL = (*MEASURES, "retention(7)")
ZONE, AS_OF = "America/New_York", datetime(2026, 3, 31, 3, 59, 59, 999_999, tzinfo=UTC)
SPAN = Period(date(2026, 2, 27), date(2026, 3, 30))
BOUGHT = {"event": "order_paid", "within": "90d"}
CUTS = {
    "layer": "layer:metal", "layer_before": "layer_before:metal", "tag": "tag:skin",
}  # fmt: skip
WHEN: dict[str, Any] = {"start": SPAN.start, "end": SPAN.end, "as_of": AS_OF.isoformat()}
NOT_CUT = {"audience", "attr", *GRAINS}


@pytest.fixture
def made(db: None) -> Iterator[Ledger]:
    core_house.found("花园", zone=ZONE, currency="CNY", world_at=datetime(2026, 6, 1, tzinfo=UTC))
    for warehouse in fresh_warehouse():
        settings = {
            "layers": [{"key": "gold", "zh": "金", "when": {"event": "order_paid"}}],
            "else": {"key": "iron", "zh": "铁"},
        }  # fmt: skip
        LayerModel.objects.create(key="metal", name_zh="金属", kind="ordered", settings=settings)
        TagDefinition.objects.create(key="skin", name_zh="肤质", source="manual", value_kind="choice", options=["dry"])
        define_audience("looked", condition={"event": "product_viewed"})
        TagDefinition.objects.create(key="buyer", name_zh="买家", source="rule", rule=BOUGHT)
        made = Ledger(5, ZONE, date(2026, 2, 10), date(2026, 4, 15), AS_OF)
        made.write(warehouse)
        refresh.run(AS_OF)
        yield made


@pytest.fixture(params=["clickhouse", "spark", pytest.param("standalone", marks=pytest.mark.nightly)])
def elsewhere(request: pytest.FixtureRequest, made: Ledger) -> Any:
    """The other engine, with a copy of the house on it."""
    engine = request.getfixturevalue(f"{request.param}_of_its_own")
    copying.copy(tables.opened(catalogue.load()), engine, lambda _line: None)
    return engine


@pytest.fixture
def both(elsewhere: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Asks here and there, and compares."""
    here = engines.get()

    def compare(ask: Callable[[], Any]) -> Any:
        expected = ask()
        monkeypatch.setattr(engines, "get", lambda: elsewhere)
        try:
            assert ask() == expected
        finally:
            monkeypatch.setattr(engines, "get", lambda: here)
        return expected

    return compare


@pytest.mark.timeout(600)
def test_every_measure_by_every_dimension(both: Any, capsys: pytest.CaptureFixture[str], elsewhere: Warehouse) -> None:
    fields, asked, cells = catalogue.load(), 0, 0
    for dimension in (None, *(key for key in DIMENSIONS if key not in NOT_CUT)):
        able = [key for key in ALL if dimension is None or dimension in cuttable(named(key))]
        by = ("month",) if dimension is None else ("week", CUTS.get(dimension, dimension))
        for some in (able[at : at + MOST] for at in range(0, len(able), MOST)):
            question = Question(tuple(some), by, SPAN, compare=True)
            found = both(lambda question=question: answer(question, AS_OF, fields))
            asked, cells = asked + len(some), cells + len(some) * len(found.rows)
    with capsys.disabled():
        print(f"\nmeasures × dimensions on {elsewhere.capabilities.name}: {asked}, {cells} cells, all equal")
    assert asked > 100
    assert cells > 100


def test_people_narrowed_by_a_condition_and_told_apart_by_a_rule(both: Any) -> None:
    fields = catalogue.load()
    for where, by in ((BOUGHT, "tag:buyer"), ({"audience": "looked"}, "audience:looked")):
        question = Question(("gmv", "buyers", "users"), (by,), SPAN, where=bind_rule(where, fields))
        found = both(lambda question=question: answer(question, AS_OF, fields))
        assert found.whole.now[2].value > 0


def test_sums_of_overlapping_periods(both: Any) -> None:
    periods = {"month": SPAN, "week": Period(date(2026, 3, 9), date(2026, 3, 15))}
    sums = [each for key in ("gmv", "users", "gross_profit") for each in named(key).sums]
    found = both(lambda: sums_of(periods, sums, AS_OF))
    assert found["month"] != found["week"]


def test_funnels(both: Any) -> None:
    steps = [{"event": "order_paid"}, {"event": "order_paid"}, {"event": "product_viewed"}]
    for by in (None, "source", "tag:buyer"):
        body = FunnelIn(steps=steps, within=20, **WHEN, by=by)
        found = both(lambda body=body: funnel_of(body, "zh").model_dump())
        assert found["whole"][0]["people"] > found["whole"][1]["people"] > 0


def test_retention(both: Any) -> None:
    for mode, grain in product(("classic", "rolling", "bounded"), ("day", "week", "month")):
        body = RetentionIn(
            first={"event": "order_paid"}, back={"event": "order_paid"}, grain=grain, mode=mode, periods=4,
            where=BOUGHT, **WHEN,
        )  # fmt: skip
        found = both(lambda body=body: retention_of(body, "zh").model_dump())
        assert sum(each["people"] for each in found["cohorts"]) > 3


def test_the_focus_list(both: Any) -> None:
    body = FocusIn(who="layer:metal", minutes=3, wage_minor=3000, **WHEN)
    # Shares are doubles, and every engine adds them up in an order of its own: nine digits, more than a cent needs.
    found = both(lambda: rounded(focus_of(body).model_dump()))
    assert len(found["rows"]) > 3


def rounded(answer: Any) -> Any:
    """Every double of an answer to nine digits."""
    match answer:
        case float():
            return float(f"{answer:.9g}")
        case dict():
            return {key: rounded(value) for key, value in answer.items()}
        case list():
            return [rounded(each) for each in answer]
        case _:
            return answer
