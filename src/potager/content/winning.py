"""Win rate 胜率 of versions: how often an answer or an order followed their use, from facts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from potager.core import clock
from potager.insight import catalogue, tables
from potager.insight.affinity.bundle import wilson
from potager.insight.slots import utc_text

DAYS: Final = 7
USED: Final = "script_used"

# A use wins when its customer replied or paid an order after it, within DAYS; it is judged when those days are over,
# whatever happened, so that quick answers do not count before slow silences.
_RATES: Final = f"""
WITH used AS (
    SELECT row_number() OVER () AS id, e.p_script_version AS version, e.cid, e.ts, e.ts + INTERVAL {DAYS} DAY AS closes
    FROM event e JOIN event_type t ON t.id = e.type
    WHERE t.key = '{USED}' AND e.cid IS NOT NULL AND e.ts <= TIMESTAMP '{{now}}'
        AND list_contains($versions, e.p_script_version)
), answers AS (
    SELECT e.cid, e.ts FROM event e JOIN event_type t ON t.id = e.type
    WHERE t.key IN ('message_replied', 'touch_replied') AND e.cid IN (SELECT cid FROM used)
    UNION ALL
    SELECT cid, ts FROM orders WHERE status = 'paid' AND cid IN (SELECT cid FROM used)
), won AS (
    SELECT DISTINCT u.id FROM used u JOIN answers a ON a.cid = u.cid AND a.ts > u.ts AND a.ts <= u.closes
)
SELECT u.version, count(*)::BIGINT AS uses, count(*) FILTER (u.closes <= TIMESTAMP '{{now}}')::BIGINT AS judged,
    count(w.id) FILTER (u.closes <= TIMESTAMP '{{now}}')::BIGINT AS wins
FROM used u LEFT JOIN won w ON w.id = u.id GROUP BY u.version
"""


@dataclass(frozen=True, slots=True)
class Record:
    """uses: how often it was said; judged: uses whose 7 days are over; wins: of those, followed by a reply or an order.

    rate, low, high  the share of wins with its 95 % interval by Wilson; None before the first judged use
    """

    uses: int = 0
    judged: int = 0
    wins: int = 0

    @property
    def rate(self) -> float | None:
        return self.wins / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.wins, self.judged) if self.judged else None


def records(versions: Collection[int]) -> Mapping[int, Record]:
    """By version id, of those of these versions that were ever used, as of now: one statement for any number."""
    if not versions:
        return {}
    owner = tables.opened(catalogue.load())
    rows = owner.query(_RATES.format(now=utc_text(clock.now())), {"versions": list(versions)}).to_pylist()
    return {row["version"]: Record(row["uses"], row["judged"], row["wins"]) for row in rows}
