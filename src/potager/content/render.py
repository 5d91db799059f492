"""Variables in messages: {客户昵称|朋友} or {{ customer_name | friend }}. Pure.

The part after the bar is what stands there when the value is missing. A missing value without a default makes the
message unsendable: the touch is skipped and says which variable was missing. A brace that opens no variable stays.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from potager.core.errors import Problem

_NAME = r"[^\W\d][\w.\-]*"
_VARIABLE = re.compile(
    rf"\{{\{{\s*({_NAME})\s*(?:\|([^{{}}]*))?\}}\}}|\{{\s*({_NAME})\s*(?:\|([^{{}}]*))?\}}",
)
# The operator's word → the name in code.
ALIASES: Mapping[str, str] = {
    "客户昵称": "customer_name",
    "昵称": "customer_name",
    "员工姓名": "staff_name",
    "员工": "staff_name",
    "门店": "store_name",
}


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text with what is missing left empty, and the names missing without a default."""

    text: str
    missing: tuple[str, ...]


@lru_cache(maxsize=2_048)
def parse(template: str) -> tuple[str | Variable, ...]:
    """The template as text and variables in turn."""
    parts: list[str | Variable] = []
    at = 0
    for match in _VARIABLE.finditer(template):
        if match.start() > at:
            parts.append(template[at : match.start()])
        name = match[1] or match[3]
        default = match[2] if match[1] else match[4]
        parts.append(Variable(ALIASES.get(name, name), None if default is None else default.strip()))
        at = match.end()
    if at < len(template):
        parts.append(template[at:])
    return tuple(parts)


def variables(template: str) -> tuple[Variable, ...]:
    """The variables a template uses, for the impact shown before publishing."""
    return tuple(part for part in parse(template) if isinstance(part, Variable))


def render(template: str, values: Mapping[str, object]) -> Rendered:
    """Fill in. A value that is None or blank counts as missing."""
    out: list[str] = []
    missing: list[str] = []
    for part in parse(template):
        if isinstance(part, str):
            out.append(part)
            continue
        value = values.get(part.name)
        said = "" if value is None else str(value).strip()
        if not said and part.default is None:
            missing.append(part.name)
        out.append(said or part.default or "")
    return Rendered("".join(out), tuple(missing))


def check(template: str, known: Iterable[str], place: str) -> None:
    """Refuse a template whose variable nobody can ever fill and that has no default.

    Raises Problem("touch.variable") naming it.
    """
    names = set(known) | set(ALIASES.values())
    for variable in variables(template):
        if variable.default is None and variable.name not in names:
            raise Problem(
                "touch.variable",
                zh=f"没有名为「{variable.name}」的变量；请改名，或写上默认值：{{{variable.name}|默认值}}",
                en=f"There is no variable “{variable.name}”; rename it or give a default: {{{variable.name}|default}}",
                place=place,
            )
