"""Funnels and retention against brute force, on random histories."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from potager.core.errors import Problem
from potager.insight.conditions.binding import bind_metric
from potager.insight.fields import Fields, event_field
from potager.insight.metrics import cohorts, funnel
from potager.insight.metrics.periods import Period, first_of, label, next_of
from potager.insight.moment import Moment
from potager.insight.slots import Binding

pytestmark = pytest.mark.once

ZONE = ZoneInfo("America/New_York")
EVENTS = {key: event_field(key) for key in ("order_paid", "viewed", "replied")}
FIELDS = Fields(zone=ZONE, events=EVENTS)
TYPES = {"viewed": 1, "replied": 2}
# Around the change to summer time in New York on 8 March 2026.
BEGIN = datetime(2026, 3, 5, 5, tzinfo=UTC)
AS_OF = BEGIN + timedelta(days=20)
SPAN = Period(date(2026, 3, 6), date(2026, 3, 12))


def day_of(at: datetime) -> date:
    return at.astimezone(ZONE).date()


# Few instants, so that some coincide and some lie exactly a window apart.
facts = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from(["order_paid", "viewed", "replied"]),
        st.integers(0, 22 * 4).map(lambda n: BEGIN + timedelta(hours=6 * n)),
        st.sampled_from([100, 900]),
    ),
    max_size=25,
)
stages = st.lists(
    st.tuples(st.sampled_from(["order_paid", "viewed", "replied"]), st.booleans()), min_size=2, max_size=4
)


CONNECTION = duckdb.connect()
CONNECTION.register("chosen", pa.table({"cid": pa.array([1, 2], pa.int32())}))


def asked_of(rows, sql: str) -> list[dict]:
    """The rows of a statement about these facts."""
    named = {
        "orders": [{"status": "paid", **fact_row(each)} for each in rows if each[1] == "order_paid"],
        "event": [
            {"type": TYPES[each[1]], "channel": None, **fact_row(each)} for each in rows if each[1] != "order_paid"
        ],
    }
    for name, some in named.items():
        CONNECTION.register(name, pa.Table.from_pylist(some, SCHEMAS[name]))
    return CONNECTION.sql(sql).to_arrow_table().to_pylist()


def fact_row(fact) -> dict:
    cid, _, at, amount = fact
    return {"cid": cid, "ts": at.replace(tzinfo=None), "day": day_of(at), "amount": amount}


FACT = [("cid", pa.int32()), ("ts", pa.timestamp("us")), ("day", pa.date32()), ("amount", pa.int64())]
SCHEMAS = {
    "orders": pa.schema([*FACT, ("status", pa.string())]),
    "event": pa.schema([*FACT, ("type", pa.int16()), ("channel", pa.int16())]),
}


def bound(stage) -> object:
    kind, dear = stage
    return bind_metric(
        {"event": kind, "where": [{"prop": "amount", "op": "gte", "value": "5.00"}] if dear else []}, FIELDS
    )


def matches(fact, stage) -> bool:
    kind, dear = stage
    return fact[1] == kind and fact[2] <= AS_OF and (not dear or fact[3] >= 500)


def binding() -> Binding:
    return Binding(Moment(AS_OF, ZONE), TYPES)


def us(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def furthest(mine, steps, within: int) -> dict[int, int]:
    """Step → the first microsecond it is reached from any start, trying every start and every way on."""
    reached: dict[int, int] = {}
    starts = [fact[2] for fact in mine if matches(fact, steps[0]) and SPAN.start <= day_of(fact[2]) <= SPAN.end]
    for start in starts:
        ends = {start}
        for n, stage in enumerate(steps):
            if n:
                here = [fact[2] for fact in mine if matches(fact, stage) and fact[2] - start <= timedelta(days=within)]
                ends = {at for at in here if any(at > before for before in ends)}
            if not ends:
                break
            reached[n + 1] = min(reached.get(n + 1, us(max(ends))), us(min(ends)))
    return reached


@settings(max_examples=60, deadline=None)
@given(facts, stages, st.integers(1, 4), st.booleans())
def test_a_funnel_is_what_trying_every_way_gives(rows, steps, within, chosen):
    asked = funnel.make_funnel([bound(each) for each in steps], within, SPAN)
    people = {1, 2} if chosen else {1, 2, 3}
    expected = {
        cid: found for cid in people if (found := furthest([fact for fact in rows if fact[0] == cid], steps, within))
    }
    for form in (funnel.portable, funnel.by_nearness):
        found = asked_of(rows, form(asked, chosen=chosen).filled(binding()))
        reached = {
            row["cid"]: {n: row[f"t{n}"] for n in range(1, len(steps) + 1) if row[f"t{n}"] is not None} for row in found
        }
        assert reached == expected, form.__name__


def test_both_forms_know_the_last_start():
    rows = [(1, "viewed", BEGIN + timedelta(days=day), 100) for day in (2, 4)]
    asked = funnel.make_funnel([bound(("viewed", False)), bound(("replied", False))], 3, SPAN)
    for form in (funnel.portable, funnel.by_nearness):
        (row,) = asked_of(rows, form(asked, chosen=False).filled(binding()))
        assert row["last"] == us(BEGIN + timedelta(days=4))


@pytest.mark.parametrize(
    ("steps", "within", "place"), [(1, 7, "steps"), (13, 7, "steps"), (2, 0, "within"), (2, 367, "within")]
)
def test_a_funnel_without_an_answer_is_refused(steps, within, place):
    with pytest.raises(Problem) as caught:
        funnel.make_funnel([bound(("viewed", False))] * steps, within, SPAN)
    assert caught.value.place == place


def returns_of(mine, asked: cohorts.Retention, first, back) -> tuple[date, set[int]] | None:
    """The day one started, and the periods one came back in; `later` periods too where they count."""
    begun = sorted(fact[2] for fact in mine if matches(fact, first))
    if not begun or not SPAN.start <= day_of(begun[0]) <= SPAN.end:
        return None
    start = day_of(begun[0])
    found = set()
    for fact in mine:
        if matches(fact, back) and fact[2] > begun[0]:
            day = day_of(fact[2])
            if asked.mode == "bounded":
                found.add((day - start).days // cohorts.STRETCH[asked.grain])
            else:
                at, n = first_of(asked.grain, start), 0
                while next_of(asked.grain, at) <= day:
                    at, n = next_of(asked.grain, at), n + 1
                found.add(n)
    return start, found


@settings(max_examples=60, deadline=None)
@given(
    facts,
    st.tuples(st.sampled_from(["order_paid", "viewed"]), st.booleans()),
    st.tuples(st.sampled_from(["order_paid", "viewed"]), st.booleans()),
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["classic", "rolling", "bounded"]),
    st.booleans(),
)
def test_retention_is_what_counting_by_hand_gives(rows, first, back, grain, mode, chosen):
    asked = cohorts.Retention(bound(first), bound(back), grain, mode, 4, SPAN)
    statement = cohorts.statement(asked, chosen=chosen).filled(binding())
    last_day = date(2026, 3, 24)
    found = cohorts.cohorts(asked, asked_of(rows, statement), last_day)
    people = {1, 2} if chosen else {1, 2, 3}
    mine = {cid: returns_of([f for f in rows if f[0] == cid], asked, first, back) for cid in people}
    by_cohort: dict[str, list[set[int]]] = {}
    for each in mine.values():
        if each:
            by_cohort.setdefault(label(grain, first_of(grain, each[0])), []).append(each[1])
    for cohort in found:
        returned = by_cohort.pop(cohort.label, [])
        assert cohort.people == len(returned)
        for n, back_then in enumerate(cohort.back):
            test = (
                (lambda seen, n=n: any(each >= n for each in seen))
                if mode == "rolling"
                else (lambda seen, n=n: n in seen)
            )
            assert back_then in {None, sum(map(test, returned))}
    assert by_cohort == {}


def test_a_period_that_is_not_over_for_everybody_has_no_number():
    started = Period(date(2026, 3, 2), date(2026, 3, 8))
    viewed = bound(("viewed", False))

    def shown(mode: str, grain: str, last_day: date) -> list[bool]:
        asked = cohorts.Retention(viewed, viewed, grain, mode, 2, started)
        (cohort, *_) = cohorts.cohorts(asked, [], last_day)
        return [each is not None for each in cohort.back]

    assert shown("classic", "week", date(2026, 3, 7)) == [False, False, False]
    assert shown("classic", "week", date(2026, 3, 8)) == [True, False, False]
    assert shown("rolling", "week", date(2026, 3, 15)) == [True, True, False]
    # Whoever started on Sunday 8 March has her first seven days over on the 14th.
    assert shown("bounded", "week", date(2026, 3, 13)) == [False, False, False]
    assert shown("bounded", "week", date(2026, 3, 14)) == [True, False, False]
    assert shown("classic", "month", date(2026, 4, 30)) == [True, True, False]


def test_overall_leaves_out_cohorts_that_are_too_young():
    found = [cohorts.Cohort("a", 10, (5, 2)), cohorts.Cohort("b", 20, (6, None)), cohorts.Cohort("c", 0, (0, None))]
    assert cohorts.overall(found) == [(11, 30), (2, 10)]
    assert cohorts.overall([]) == []
