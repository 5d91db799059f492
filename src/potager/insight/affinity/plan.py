"""Mining rules as a list of SQL steps. Pure: the steps of a run can be read without a database.

Level by level (R. Agrawal, R. Srikant 1994, Fast Algorithms for Mining Association Rules, VLDB): a set of items can
only be in enough baskets when every smaller set inside it is, so each level counts only what the level below let
through. Each step puts its result into a table of its own; thresholds are results of steps too, so that a step can
raise the minimum where the level above would not fit its bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from potager.insight.affinity.baskets import items_sql
from potager.insight.affinity.settings import AffinitySettings, Basket, Bounds, Grain
from potager.insight.affinity.significance import significance_sql
from potager.insight.moment import Moment

RESULT: Final = "aff_rule"
TOTAL: Final = "aff_total"
_DOUBLINGS: Final = 24


@dataclass(frozen=True, slots=True)
class Step:
    """A SELECT and the table its result replaces.

    large  as many rows as there are lines: written inside the warehouse; others are read beside the writer, so that
           the loader goes on while they count
    """

    table: str
    why: str
    sql: str
    large: bool = False


def steps(
    settings: AffinitySettings, moment: Moment, grain: Grain, basket: Basket, bounds: Bounds | None = None
) -> list[Step]:
    """From lines to tested rules, in the order they run."""
    limits = bounds or Bounds()
    sizes = range(2, settings.max_left + 2)
    found = [
        Step("aff_named", "the items of every basket", items_sql(settings, moment, grain, basket), large=True),
        Step(TOTAL, "how many baskets, and the count that is enough", _total(settings)),
        Step("aff_set_1", "items in enough baskets", _items()),
        Step("aff_limit_2", "the count at which all pairs can be counted", _pair_limit(limits)),
        Step("aff_line", "baskets without what is too rare to pair", _line(), large=True),
    ]
    for size in sizes:
        if size > 2:
            found.append(Step(f"aff_limit_{size}", f"the count for sets of {size}", _limit(size, limits)))
        found.append(Step(f"aff_set_{size}", f"sets of {size} in enough baskets", _sets(size, limits)))
    found += [
        Step("aff_candidate", "every set as rules, one item on the right", _candidates(sizes)),
        Step("aff_tested", "significance of every rule", significance_sql("aff_candidate")),
        Step(RESULT, "rules by name, the most significant first", _rules(sizes, limits)),
    ]
    return found


def tables(found: Sequence[Step]) -> list[str]:
    """The tables a run leaves behind, to be dropped."""
    return [step.table for step in found]


def describe(found: Sequence[Step]) -> str:
    """The steps as a person can read them."""
    return "\n\n".join(f"-- {step.table}: {step.why}\n{step.sql}" for step in found)


def _total(settings: AffinitySettings) -> str:
    support = f"CAST('{settings.min_support}' AS DECIMAL(18, 9))"
    return f"""SELECT count(DISTINCT basket) AS baskets, count(DISTINCT name) AS items, count(*) AS lines,
        greatest({settings.min_count}, CAST(ceil({support} * count(DISTINCT basket)) AS BIGINT)) AS minimum
    FROM aff_named"""


def _items() -> str:
    return f"""SELECT CAST(row_number() OVER (ORDER BY name) AS INTEGER) AS i1, name, count(*) AS n FROM aff_named
    GROUP BY name HAVING count(*) >= (SELECT minimum FROM {TOTAL})"""


def _pair_limit(bounds: Bounds) -> str:
    """The minimum, doubled until the pairs within all baskets are few enough; exact, in one pass over the lines.

    An item's step is how often its count can be halved before it is too rare. A basket has s(d) items of step ≥ d,
    and s changes only at the steps its items have: the pairs at d are what each such step ≥ d adds.
    """
    return f"""WITH sized AS (
        SELECT l.basket, least({_DOUBLINGS}, CAST(floor(log2(s.n / t.minimum)) AS INTEGER)) AS step, count(*) AS n
        FROM aff_named l JOIN aff_set_1 s ON s.name = l.name CROSS JOIN {TOTAL} t GROUP BY ALL
    ), piled AS (
        SELECT step, n, sum(n) OVER (PARTITION BY basket ORDER BY step DESC) AS upto FROM sized
    ), added AS (
        SELECT step, sum(upto * (upto - 1) // 2 - (upto - n) * (upto - n - 1) // 2) AS pairs FROM piled GROUP BY step
    ), fits AS (
        SELECT d.step FROM range({_DOUBLINGS} + 1) d(step) LEFT JOIN added a ON a.step >= d.step
        GROUP BY d.step HAVING coalesce(sum(a.pairs), 0) <= {bounds.pairs}
    )
    SELECT CAST(t.minimum * (1 << (SELECT min(step) FROM fits)) AS BIGINT) AS minimum FROM {TOTAL} t"""


def _line() -> str:
    return """SELECT l.basket, s.i1 AS item FROM aff_named l JOIN aff_set_1 s ON s.name = l.name
    WHERE s.n >= (SELECT minimum FROM aff_limit_2)"""


def complete_sql(size: int) -> str:
    """One row: the count from which sets of this size are all there. Above the limit where some were cut."""
    limit = f"(SELECT minimum FROM aff_limit_{size})"
    return f"SELECT CASE WHEN bool_or(cut) THEN min(n) + 1 ELSE {limit} END AS minimum FROM aff_set_{size}"


def _limit(size: int, bounds: Bounds) -> str:
    """What sets of this size must reach: as many as their subsets are all there for, and can be extended with."""
    below = f"SELECT n, sum(n) OVER (ORDER BY n DESC RANGE UNBOUNDED PRECEDING) AS work FROM aff_set_{size - 1}"
    return f"""SELECT greatest(({complete_sql(size - 1)}),
        (SELECT max(n) + 1 FROM ({below}) WHERE work > {bounds.occurrences})) AS minimum"""


def _columns(size: int, prefix: str = "") -> str:
    return ", ".join(f"{prefix}i{at}" for at in range(1, size + 1))


def _sets(size: int, bounds: Bounds) -> str:
    """Sets of this size with their counts; `cut` says that less frequent ones were left out to stay within bounds."""
    counted = _pairs() if size == 2 else _extended(size)
    return f"""SELECT *, count(*) OVER () > {bounds.sets} AS cut FROM ({counted})
    ORDER BY n DESC, {_columns(size)} LIMIT {bounds.sets}"""


def _pairs() -> str:
    return """SELECT x.item AS i1, y.item AS i2, count(*) AS n
        FROM aff_line x JOIN aff_line y ON y.basket = x.basket AND y.item > x.item
        GROUP BY ALL HAVING count(*) >= (SELECT minimum FROM aff_limit_2)"""


def _extended(size: int) -> str:
    """Candidates are two sets of the level below that differ in their last item and whose other subsets are there
    too; they are counted by extending the baskets of their beginning, one item at a time."""
    below = f"(SELECT * FROM aff_set_{size - 1} WHERE n >= (SELECT minimum FROM aff_limit_{size}))"
    same = " AND ".join(["TRUE", *(f"t.i{at} = s.i{at}" for at in range(1, size - 1))])
    others = "".join(f"\n            SEMI JOIN {below} o{out} ON {_without(out, size)}" for out in range(1, size - 1))
    parts = [
        f"""candidate AS (
            SELECT * FROM (SELECT {_columns(size - 1, "s.")}, t.i{size - 1} AS i{size}
                FROM {below} s JOIN {below} t ON {same} AND t.i{size - 1} > s.i{size - 1}) c{others}
        )""",
        """begun_1 AS (
            SELECT basket, item AS i1 FROM aff_line WHERE item IN (SELECT i1 FROM candidate)
        )""",
    ]
    for upto in range(2, size + 1):
        matched = " AND ".join(f"c.i{at} = b.i{at}" for at in range(1, upto))
        parts.append(
            f"""begun_{upto} AS (
            SELECT b.*, l.item AS i{upto}
            FROM begun_{upto - 1} b JOIN aff_line l ON l.basket = b.basket AND l.item > b.i{upto - 1}
            SEMI JOIN (SELECT DISTINCT {_columns(upto)} FROM candidate) c ON {matched} AND c.i{upto} = l.item
        )"""
        )
    return f"""WITH {", ".join(parts)}
        SELECT {_columns(size)}, count(*) AS n FROM begun_{size}
        GROUP BY ALL HAVING count(*) >= (SELECT minimum FROM aff_limit_{size})"""


def _without(out: int, size: int) -> str:
    """The subset of a candidate without its item number `out`, as it stands in the level below."""
    rest = [at for at in range(1, size + 1) if at != out]
    return " AND ".join(f"o{out}.i{place} = c.i{at}" for place, at in enumerate(rest, start=1))


def _candidates(sizes: range) -> str:
    parts = []
    for size in sizes:
        for right in range(1, size + 1):
            rest = [at for at in range(1, size + 1) if at != right]
            lefts = ", ".join(
                f"{f's.i{rest[at - 1]}' if at < size else 'CAST(NULL AS INTEGER)'} AS l{at}"
                for at in range(1, sizes.stop - 1)
            )
            same = " AND ".join(f"p.i{place} = s.i{at}" for place, at in enumerate(rest, start=1))
            parts.append(
                f"""SELECT {lefts}, s.i{right} AS r, s.n, p.n AS n_left, x.n AS n_right
        FROM aff_set_{size} s JOIN aff_set_{size - 1} p ON {same} JOIN aff_set_1 x ON x.i1 = s.i{right}"""
            )
    return f"SELECT c.*, t.baskets FROM ({' UNION ALL '.join(parts)}) c CROSS JOIN {TOTAL} t"


def _rules(sizes: range, bounds: Bounds) -> str:
    places = range(1, sizes.stop - 1)
    joins = "".join(f" LEFT JOIN aff_set_1 n{at} ON n{at}.i1 = c.l{at}" for at in places)
    lefts = ", ".join(f"n{at}.name" for at in places)
    return f"""SELECT list_filter([{lefts}], lambda each: each IS NOT NULL) AS left_items, x.name AS right_item,
        c.n, c.n_left, c.n_right, c.baskets, c.n / c.baskets AS support, c.n / c.n_left AS confidence,
        (1.0 * c.n * c.baskets) / (1.0 * c.n_left * c.n_right) AS lift, c.p, c.q
    FROM aff_tested c JOIN aff_set_1 x ON x.i1 = c.r{joins}
    ORDER BY c.q, lift DESC, left_items, right_item LIMIT {bounds.rules}"""
