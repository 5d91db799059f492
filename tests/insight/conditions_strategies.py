"""Generated conditions and generated customers: ties, missing values, empty histories, days that are 23 or 25 hours."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from potager.insight.moment import CALENDAR, Moment

from .garden import Bond, Happening, Held, Spell, Subject, at_home, line

# Both nights of the year when New York's day is not 24 hours are near; and a zone without them.
NEW_YORK = ZoneInfo("America/New_York")
ZONES = st.sampled_from([NEW_YORK, ZoneInfo("Asia/Shanghai")])
END = datetime(2026, 11, 3, 12, tzinfo=UTC)
AS_OFS = st.sampled_from([
    END,
    datetime(2026, 11, 1, 4, 30, tzinfo=UTC),
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    datetime(2026, 10, 15, 16, 0, tzinfo=UTC),
    datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
    datetime(2026, 2, 28, 20, 0, tzinfo=UTC),
])  # fmt: skip
# Few instants, so that ties happen.
INSTANTS = st.sampled_from(
    [
        END - timedelta(hours=hours)
        for hours in (-30, 0, 1, 12, 24, 25, 36, 48, 56, 57, 72, 100, 24 * 18, 24 * 19, 24 * 40)
    ]
    + [datetime(2026, 3, 8, hour, tzinfo=UTC) for hour in (4, 5, 6, 7)]
)
WINDOWS = st.sampled_from([
    None, "1d", "3d", "7d", "30d", "400d", "1h", "24h", "48h", "since_added", *CALENDAR,
    {"from": "2026-10-15"}, {"from": "2026-03-08", "to": "2026-11-01"}, {"to": "2026-11-01"},
])  # fmt: skip
NUMBERS = st.sampled_from([0, 1, 2, 3, 2.5, -1, 18, 30])
MONEY = st.sampled_from(["0", "1.00", "50.00", "33.33", "-5", "100.5"])
_CITY = st.sampled_from(["上海", "杭州", "O'Brien", ""])
_DAYS = st.sampled_from([
    "2026-10-15", "2026-11-01", "2000-02-29", "1990-11-04", "2026-03-08",
    "1899-12-31", "1976-09-24", "1987-12-20", "1995-11-22",
])  # fmt: skip
_ORDER = ("eq", "ne", "gt", "gte", "lt", "lte")


def compared(values, ops=_ORDER):
    one = st.fixed_dictionaries({"op": st.sampled_from(ops), "value": values})
    pair = st.tuples(values, values).map(lambda two: {"op": "between", "value": sorted(two, key=float)})
    return one | pair


def texts(values):
    return st.fixed_dictionaries({"op": st.sampled_from(["eq", "ne"]), "value": values}) | st.fixed_dictionaries(
        {"op": st.sampled_from(["in", "not_in"]), "value": st.lists(values, min_size=1, max_size=3)}
    )


_THERE = st.sampled_from([{"op": "exists"}, {"op": "missing"}])
_DATES = (
    st.fixed_dictionaries({"op": st.sampled_from(_ORDER), "value": _DAYS})
    | st.tuples(_DAYS, _DAYS).map(lambda two: {"op": "between", "value": sorted(two)})
    | st.fixed_dictionaries(
        {"op": st.just("within"), "value": st.sampled_from(["7d", "1d", "this_month", "last_year"])}
    )
)
_SPAN = st.sampled_from([0, 1, 7, 365, [-3, 7], [3, 3], [-40, -1]])
_ANNIVERSARY = _SPAN.map(lambda days: {"op": "anniversary_within", "value": days})
_LUNAR = _SPAN.map(lambda days: {"op": "lunar_anniversary_within", "value": days})


def _short(strategy):
    """The same strategy, without its parts in its name: Hypothesis warns of names that grow too long."""

    @st.composite
    def drawn(draw):
        return draw(strategy)

    return drawn()


def _with(base, more):
    return st.tuples(base, more).map(lambda two: {**two[0], **two[1]})


def _attr(key, more):
    return more.map(lambda rest: {"attr": key, **rest})


ATTRS = st.one_of(
    _attr("city", texts(_CITY) | _THERE),
    _attr("age", compared(NUMBERS) | _THERE),
    _attr("credit", compared(MONEY) | _THERE),
    _attr("birthday", _DATES | _ANNIVERSARY | _LUNAR | _THERE),
    _attr("vip", st.booleans().map(lambda value: {"op": "eq", "value": value}) | _THERE),
    _attr("note", st.fixed_dictionaries({"op": st.sampled_from(["contains", "starts_with"]), "value": _CITY})),
    _attr("added", _DATES | _THERE),
    _attr("first_seen", _DATES),
    _attr("value.p_alive", compared(st.sampled_from([0, 0.5, 1])) | _THERE),
    _attr("value.clv", compared(MONEY) | _THERE),
)
ATTRS = _short(ATTRS)
_WHERE_ORDER = st.one_of(
    compared(MONEY).map(lambda rest: {"prop": "amount", **rest}),
    (texts(_CITY) | _THERE).map(lambda rest: {"prop": "store", **rest}),
)
_WHERE_VIEW = st.one_of(
    texts(st.sampled_from(["p1", "p2"])).map(lambda rest: {"prop": "product", **rest}),
    compared(NUMBERS).map(lambda rest: {"prop": "seconds", **rest}),
    texts(st.sampled_from(["wecom", "sms", "fax"])).map(lambda rest: {"prop": "channel", **rest}),
    st.booleans().map(lambda value: {"prop": "shared", "op": "eq", "value": value}),
)
_COUNTED = st.sampled_from(["count", "active_days", "active_weeks", "days_since_first", "days_since_last"])


def _tests(leaf):
    """What `where` may hold: tests, and all, any and not of them."""
    return st.recursive(
        leaf,
        lambda inner: (
            st.lists(inner, max_size=2).map(lambda parts: {"all": parts})
            | st.lists(inner, max_size=2).map(lambda parts: {"any": parts})
            | inner.map(lambda part: {"not": part})
        ),
        max_leaves=3,
    )


WHERE = {"order_paid": _tests(_WHERE_ORDER), "product_viewed": _tests(_WHERE_VIEW)}
WHERE = {event: _short(tests) for event, tests in WHERE.items()}
ITEMS = st.lists(
    _tests(
        (texts(st.sampled_from(["护肤", "彩妆"])) | _THERE).map(lambda rest: {"prop": "category", **rest})
        | texts(st.sampled_from(["p1", "p9"])).map(lambda rest: {"prop": "product", **rest})
        | compared(NUMBERS).map(lambda rest: {"prop": "qty", **rest})
        | compared(MONEY).map(lambda rest: {"prop": "amount", **rest})
    ),
    max_size=2,
)

ITEMS = _short(ITEMS)


def _event(key, where, measures):
    more = {"items": ITEMS} if key == "order_paid" else {}
    base = st.fixed_dictionaries(
        {"event": st.just(key)}, optional={"where": st.lists(_tests(where), max_size=2), **more}
    )
    window = WINDOWS.map(lambda within: {"within": within} if within else {})
    counted = _with(_COUNTED.map(lambda measure: {"measure": measure}), compared(NUMBERS))
    dated = _with(st.sampled_from(["first", "last"]).map(lambda measure: {"measure": measure}), _DATES)
    return _with(_with(base, window), st.one_of(counted, counted, dated, measures, st.just({})))


def _of(names, prop, more):
    return _with(st.sampled_from(names).map(lambda name: {"measure": {name: prop}}), more)


EVENTS = st.one_of(
    _event(
        "order_paid",
        _WHERE_ORDER,
        _of(["sum", "avg", "min", "max", "first", "last"], "amount", compared(MONEY))
        | _of(["first", "last"], "store", texts(_CITY))
        | _of(["distinct"], "store", compared(NUMBERS)),
    ),
    _event(
        "product_viewed",
        _WHERE_VIEW,
        _of(["sum", "avg", "min", "max", "first", "last"], "seconds", compared(NUMBERS))
        | _of(["distinct"], "product", compared(NUMBERS))
        | _of(["first", "last"], "product", texts(st.sampled_from(["p1", "p2"]))),
    ),
    _of(["sum"], "amount", compared(MONEY)).map(lambda rest: {"event": "order_refunded", **rest}),
    _event("message_replied", _WHERE_VIEW.filter(lambda each: each["prop"] == "channel"), st.just({})),
    WINDOWS.map(lambda within: {"event": "*", **({"within": within} if within else {})}),
)
EVENTS = _short(EVENTS)
TAGS = st.one_of(
    st.sampled_from(["friendly", "skin", "buyer", "spent", "heat"]).map(lambda tag: {"tag": tag}),
    texts(st.sampled_from(["dry", "oily"])).map(lambda rest: {"tag": "skin", **rest}),
    compared(NUMBERS).map(lambda rest: {"tag": "score", **rest}),
    compared(MONEY).map(lambda rest: {"tag": "spent", **rest}),
    texts(st.sampled_from(["hot", "warm", "cold"])).map(lambda rest: {"tag": "heat", **rest}),
)
RELATIONS = st.fixed_dictionaries(
    {},
    optional={
        "staff": st.sampled_from(["zhangsan", "lisi", ["zhangsan", "lisi"]]),
        "state": st.sampled_from(["active", "lost", "any"]),
        "source": st.sampled_from(["store", "live"]),
        "added_within": st.sampled_from(["1d", "7d", "last_month"]),
    },
).map(lambda relation: {"relation": relation})
_HAPPENS = st.one_of(
    st.sampled_from(["order_paid", "product_viewed", "order_refunded"]),
    st.fixed_dictionaries(
        {"event": st.just("product_viewed")}, optional={"where": st.lists(WHERE["product_viewed"], max_size=1)}
    ),
    st.fixed_dictionaries({"event": st.just("order_paid")}, optional={"items": ITEMS}),
)
_GAPS = st.sampled_from(["1d", "3d", "30d", "1h", "12h", "400h"])
_STEPS = _HAPPENS | st.tuples(
    _HAPPENS, st.fixed_dictionaries({}, optional={"within": _GAPS, "without": st.lists(_HAPPENS, max_size=2)})
).map(lambda two: {**({"event": two[0]} if isinstance(two[0], str) else two[0]), **two[1]})
_ABSENT = st.fixed_dictionaries({"none": _HAPPENS, "within": _GAPS})
_WITHIN = WINDOWS.map(lambda within: {"within": within} if within else {})
SEQUENCES = _with(
    st.tuples(_HAPPENS, st.lists(_STEPS, max_size=2), st.lists(_STEPS | _ABSENT, min_size=1, max_size=1)).map(
        lambda parts: {"sequence": [parts[0], *parts[1], *parts[2]]}
    ),
    _WITHIN,
)
SEQUENCES = _short(SEQUENCES)
_COMPARABLE = WINDOWS.filter(
    lambda within: (isinstance(within, str) and within != "since_added") or (within is not None and len(within) == 2)
)


def _changes(measured, differences):
    rates = compared(st.sampled_from([0, -0.5, 0.5, 1, -1, 2]))
    return _with(
        st.tuples(measured, _COMPARABLE).map(lambda two: {"change": {**two[0], "within": two[1]}}),
        rates | differences.map(lambda rest: {"by": "difference", **rest}),
    )


CHANGES = st.one_of(
    _changes(st.just({"event": "order_paid", "measure": {"sum": "amount"}}), compared(MONEY)),
    _changes(
        st.sampled_from(["count", "active_days", {"distinct": "product"}, {"sum": "seconds"}]).map(
            lambda measure: {"event": "product_viewed", "measure": measure}
        ),
        compared(NUMBERS),
    ),
)
RANDOM = st.fixed_dictionaries(
    {
        "salt": st.sampled_from(["a", "spring-2026"]),
        "from": st.sampled_from([0, 12.5, 30]),
        "to": st.sampled_from([33.3, 50, 99.9, 100]),
    }
).map(lambda share: {"random": share})
_ROLES = st.lists(st.sampled_from(["buyer", "child", "member"]), max_size=2)
HOUSEHOLDS = st.fixed_dictionaries(
    {},
    optional={
        "role": _ROLES,
        "someone": st.fixed_dictionaries({}, optional={"role": _ROLES, "who": ATTRS | EVENTS | SEQUENCES}),
    },
).map(lambda home: {"household": home})
_PURPOSES = ["福利", "学习"]
GROUPS = st.fixed_dictionaries(
    {},
    optional={
        "chat": st.sampled_from(["g1", "g2", ["g1", "g2"], []]),
        "purpose": st.sampled_from(_PURPOSES),
        "state": st.sampled_from(["active", "left", "any"]),
        "joined_within": st.sampled_from(["1d", "7d", "last_month"]),
    },
).map(lambda group: {"group": group})
NEW = [SEQUENCES, CHANGES, RANDOM, HOUSEHOLDS, GROUPS]
LEAVES = st.one_of(
    *NEW,
    ATTRS,
    EVENTS,
    EVENTS,
    TAGS,
    RELATIONS,
    st.lists(st.sampled_from(["champion", "none"]), min_size=1, max_size=2).map(
        lambda keys: {"layer": "rfm", "in": keys}
    ),
    st.just({"audience": "spring"}),
    st.just({"list": "vip"}),
)
CONDITIONS = st.recursive(
    _short(LEAVES),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=4).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
# Most cases are one leaf: what a tree adds is small, and its leaves often do not decide.
CASES = st.one_of(_short(LEAVES), _short(LEAVES), CONDITIONS)

_QTY = st.none() | st.sampled_from([1.0, 2.0, 18.0])
_ITEM_AMOUNT = st.none() | st.sampled_from([0, 100, 5000])


@st.composite
def happenings(draw, zone):
    at = draw(INSTANTS)
    kinds = ["order_paid", "order_paid", "product_viewed", "message_replied", "order_refunded", "group_joined"]
    kind = draw(st.sampled_from([*kinds, "group_left"]))
    maybe = lambda values: draw(st.none() | values)  # noqa: E731
    if kind == "order_paid":
        props = {"amount": draw(st.sampled_from([0, 100, 3333, 5000, 10050])), "store": maybe(_CITY)}
    elif kind == "order_refunded":
        props = {"amount": draw(st.sampled_from([100, 5000]))}
    elif kind in {"group_joined", "group_left"}:
        props = {
            "group_chat": maybe(st.sampled_from(["g1", "g2"])),
            "purpose": maybe(st.sampled_from(_PURPOSES)),
        }
    else:
        props = {"channel": maybe(st.sampled_from(["wecom", "sms"]))}
        if kind == "product_viewed":
            props |= {
                "product": maybe(st.sampled_from(["p1", "p2", "p3"])),
                "seconds": maybe(st.sampled_from([0.0, 1.0, 2.5, 18.0])),
                "shared": maybe(st.booleans()),
            }
    items = ()
    if kind == "order_paid":
        items = draw(st.lists(st.builds(line, st.sampled_from(["p1", "p2", "p9"]), _QTY, _ITEM_AMOUNT), max_size=2))
    return Happening(kind, at, at.astimezone(zone).date(), props, items)


@st.composite
def spans(draw):
    since = draw(INSTANTS)
    return since, draw(st.none() | INSTANTS.filter(lambda until: until >= since))


@st.composite
def subjects(draw, moment: Moment):
    first = draw(st.none() | INSTANTS)
    attrs = {
        "city": draw(st.none() | _CITY),
        "age": draw(st.none() | st.sampled_from([0.0, 2.5, 18.0, 30.0])),
        "credit": draw(st.none() | st.sampled_from([0, 100, 5000, -500])),
        "birthday": draw(st.none() | _DAYS.map(date.fromisoformat)),
        "vip": draw(st.none() | st.booleans()),
        "note": draw(st.none() | _CITY),
        "first_seen_at": first,
        "first_seen": moment.date_of(first) if first else None,
    }
    if draw(st.booleans()):
        attrs |= {
            "value.p_alive": draw(st.sampled_from([0.25, 0.5, 1.0])),
            "value.expected_orders": 1.5,
            "value.expected_profit": 3333,
            "value.clv": draw(st.sampled_from([0, 3333, 5000, -500])),
        }
    bonds = [
        Bond(
            draw(st.sampled_from(["zhangsan", "lisi"])),
            *draw(spans()),
            draw(st.none() | st.sampled_from(["store", "live"])),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    tags = []
    for _ in range(draw(st.integers(0, 2))):
        tag, value = draw(
            st.sampled_from([("friendly", None), ("skin", "dry"), ("skin", None), ("score", "3"), ("score", "x")])
        )
        tags.append(Held(tag, value, *draw(spans())))
    layers = []
    if draw(st.booleans()):
        turn = draw(st.sampled_from([date(2026, 10, 15), date(2026, 11, 1)]))
        layers = [Spell("rfm", "none", date(2026, 3, 1), turn), Spell("rfm", "champion", turn)]
    events = draw(st.lists(happenings(moment.zone), max_size=8))
    audiences = {"spring": None} if draw(st.booleans()) else {}
    lists = {"vip": None} if draw(st.booleans()) else {}
    return Subject(moment, attrs, events, bonds, tags, layers, audiences, lists=lists)


@dataclass
class Planted:
    """A moment, customers at it, which of them are not live, and who lives with whom."""

    moment: Moment
    people: dict[int, Subject]
    dead: frozenset[int]
    homes: list[tuple[int, int, str]]


@st.composite
def gardens(draw, size=8):
    """A moment, up to `size` customers at it, which of them are not live, and their households."""
    moment = Moment(draw(AS_OFS), draw(ZONES))
    people = dict(enumerate(draw(st.lists(subjects(moment), min_size=1, max_size=size)), start=1))
    dead = frozenset(draw(st.sets(st.sampled_from(sorted(people)), max_size=1)))
    member = st.tuples(
        st.integers(1, 2), st.sampled_from(sorted(people)), st.sampled_from(["buyer", "child", "member"])
    )
    homes = draw(st.lists(member, max_size=5, unique=True))
    return Planted(moment, at_home(people, homes, dead), dead, homes)
