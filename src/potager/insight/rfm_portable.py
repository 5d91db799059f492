"""The quantiles of RFM thresholds in a form every engine computes alike: running counts of equal values.

The embedded engine has functions of its own for them, and is quicker with those. Elsewhere they estimate, or count
ranks in another way.
"""

from itertools import product
from typing import Final

from potager.insight.layers import Median, Quantile, Quintile

_MEASURES: Final = ("r", "f", "m")
# Of every value of a measure, how many buyers have at most that: `upto` of `n`.
_RANKED: Final = """
WITH counted AS ({counted}
), ranked AS (
    SELECT what, v, CAST(sum(c) OVER (PARTITION BY what ORDER BY v ROWS UNBOUNDED PRECEDING) AS BIGINT) AS upto,
           CAST(sum(c) OVER (PARTITION BY what) AS BIGINT) AS n
    FROM counted
)"""


def quantiles_sql(rule: Median | Quantile | Quintile, values: str) -> str:
    """See rfm.thresholds_sql."""
    counted = " UNION ALL".join(
        f"\n    SELECT '{name}' AS what, CAST({name} AS BIGINT) AS v, count(*) AS c FROM {values} GROUP BY {name}"
        for name in _MEASURES
    )
    ranked = _RANKED.format(counted=counted)
    match rule:
        case Quintile():
            return ranked + _fifths()
        case Median():
            return ranked + _between(0.5, 0.5)
        case Quantile(q=q):
            return ranked + _between(1 - q, q)


def _fifths() -> str:
    """The smallest values that at least so many fifths of buyers do not exceed."""
    places = product(_MEASURES, range(1, 5))
    ends = ", ".join(f"{_smallest(name, f'upto * 5 >= n * {i}')} AS {name}{i}" for name, i in places)
    texts = " || ',' || ".join(
        f"'\"{name}\":' || coalesce('[' || {_listed(name)} || ']', 'null')" for name in _MEASURES
    )
    missing = ", ".join(f"CAST(NULL AS DOUBLE) AS {name}" for name in ("days", "orders", "amount"))
    return f"""
SELECT buyers, {missing}, '{{' || {texts} || '}}' AS cuts
FROM (SELECT {_BUYERS}, {ends} FROM ranked) x"""


def _listed(name: str) -> str:
    return " || ',' || ".join(f"CAST({name}{i} AS VARCHAR)" for i in range(1, 5))


def _between(days: float, others: float) -> str:
    """Quantiles between two neighbours in proportion (Hyndman & Fan 1996, definition 7); days have one of their own."""
    shares = {"r": days, "f": others, "m": others}
    ends, picked = [_BUYERS], ["buyers"]
    for (name, share), column in zip(shares.items(), ("days", "orders", "amount"), strict=True):
        place = f"CAST(n - 1 AS DOUBLE) * CAST({share!r} AS DOUBLE)"
        ends += [f"CAST({_smallest(name, f'upto > {side}({place})')} AS DOUBLE) AS {name}_{side}" for side in _SIDES]
        whole = f"CAST(buyers - 1 AS DOUBLE) * CAST({share!r} AS DOUBLE)"
        beyond = f"({whole} - floor({whole}))"
        picked.append(f"{name}_floor * (1 - {beyond}) + {name}_ceil * {beyond} AS {column}")
    return f"""
SELECT {", ".join(picked)}, CAST(NULL AS VARCHAR) AS cuts
FROM (SELECT {", ".join(ends)} FROM ranked) x"""


def _smallest(name: str, test: str) -> str:
    return f"min(CASE WHEN what = '{name}' AND {test} THEN v END)"


_SIDES: Final = ("floor", "ceil")
_BUYERS: Final = "CAST(coalesce(max(n), 0) AS BIGINT) AS buyers"
