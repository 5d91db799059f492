"""A journey's result as CSV: one row per figure and arm, then the running differences by day."""

import csv
import io

from potager.evidence.schemas import Figure, Interval, JourneyResult
from potager.org import audit
from potager.org.access import Actor

HEADER = (
    *("journey", "as_of", "section", "key", "unit", "day"),
    *("treated_sum", "treated_people", "control_sum", "control_people"),
    *("per_thousand", "low", "high", "total", "total_low", "total_high"),
    *("relative", "relative_low", "relative_high", "detectable_per_thousand"),
)
# What a running difference leaves empty: no sums of the arms, and after the interval no total, lift and detectable.
_BLANK = ("",) * 7


def to_csv(result: JourneyResult) -> str:
    """UTF-8 text with a byte-order mark, so that spreadsheet programs read it as such."""
    out = io.StringIO()
    out.write("\ufeff")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(HEADER)
    head = (result.journey, result.as_of.isoformat())
    for section, figures in (("outcome", result.figures), ("guardrail", result.guardrails)):
        rows.writerows((*head, section, *_figure(figure)) for figure in figures)
    for point in result.daily:
        for key, unit, interval in (
            ("buyers", "people", point.buyers),
            ("gmv", "minor", point.gmv),
            ("profit", "minor", point.profit),
        ):
            if interval is not None:
                rows.writerow((*head, "daily", key, unit, point.day, *_BLANK[:4], *_bounds(interval), *_BLANK))
    return out.getvalue()


def record(actor: Actor, result: JourneyResult) -> None:
    """Who took the result out of the house. Inside store.write."""
    audit.record(actor, "evidence.export", f"journey:{result.journey}", {"as_of": result.as_of.isoformat()})


def _figure(figure: Figure) -> tuple[object, ...]:
    sums = (figure.treated.numerator, figure.treated.denominator, figure.control.numerator, figure.control.denominator)
    detectable = "" if figure.detectable is None else figure.detectable
    return (
        *(figure.key, figure.unit, ""),
        *sums,
        *_bounds(figure.per_thousand),
        *_bounds(figure.total),
        *_bounds(figure.relative),
        detectable,
    )


def _bounds(interval: Interval | None) -> tuple[object, ...]:
    return _BLANK[:3] if interval is None else (interval.value, interval.low, interval.high)
