"""What is odd about a condition in this house, told beside its count."""

from datetime import date
from functools import cache

from potager.core import clock
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.insight.conditions import lint, reach
from potager.insight.conditions.lint import Finding
from potager.insight.conditions.logic import Bound
from potager.insight.fields import Fields
from potager.insight.moment import Moment
from potager.insight.sets import AsOf


def findings(bound: Bound, as_of: AsOf, fields: Fields) -> list[Finding]:
    """Parts that never or always hold, and windows that begin before the first fact."""
    owner = tables.asked(fields)
    moment = Moment(clock.as_of(as_of), fields.zone)

    @cache
    def known_since(table: str, day: date) -> date | None:
        return _known_since(owner, table, day)

    return lint.findings(bound) + reach.beyond(bound, moment, known_since)


def _known_since(owner: Warehouse, table: str, day: date) -> date | None:
    # One fact that early settles it, and is found without reading the table; only a young house is asked for more.
    if owner.query(f"SELECT 1 AS x FROM {table} WHERE day <= DATE '{day}' LIMIT 1").num_rows:
        return None
    first: date | None = owner.query(f"SELECT min(day) AS day FROM {table}")["day"][0].as_py()
    return first
