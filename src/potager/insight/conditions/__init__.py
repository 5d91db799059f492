"""The one language that selects customers and events. See docs/concepts/conditions.md.

condition = parse({"event": "order_paid", "within": "90d", "op": "gte", "value": 2})
bound = bind(condition, fields)
sentence(condition, "zh", fields)      # 近 90 天购买 ≥ 2 次
"""

from potager.insight.conditions.base import Words
from potager.insight.conditions.binding import bind, bind_cases, bind_metric, bind_rule
from potager.insight.conditions.logic import Bound, say
from potager.insight.conditions.tree import Condition, dump, json_schema, parse
from potager.insight.fields import Fields

__all__ = [
    "Bound",
    "Condition",
    "bind",
    "bind_cases",
    "bind_metric",
    "bind_rule",
    "dump",
    "json_schema",
    "parse",
    "sentence",
]


def sentence(condition: Condition, language: str, fields: Fields) -> str:
    """The condition as colleagues read it, "zh" or "en"."""
    return say(bind(condition, fields), Words(language, fields))
