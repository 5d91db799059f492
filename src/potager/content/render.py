"""Variables in messages: {客户昵称|朋友} or {{ customer_name | friend }}, links: {link:spring}, surveys: {问卷:nps}.

Pure. The part after the bar is what stands there when the value is missing. A missing value without a default makes the
message unsendable: the touch is skipped and says which variable was missing; so does a link or a survey that does not
open. A brace that opens no variable stays.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from potager.core.errors import Problem

_NAME = r"[^\W\d][\w.\-]*"
_VARIABLE = re.compile(
    rf"\{{\{{\s*({_NAME})\s*(?:\|([^{{}}]*))?\}}\}}|\{{\s*({_NAME})\s*(?:\|([^{{}}]*))?\}}"
    # A link or a survey by its key, after the colon of either keyboard.
    r"|\{\s*(link|survey|问卷)\s*[:：]\s*([a-z][a-z0-9_-]*)\s*\}",
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
class LinkPlace:
    """Where the address of a link or a survey stands."""

    key: str
    kind: Literal["link", "survey"] = "link"


# The address a link of this key has for whom the message is; None when it opens for nobody.
Resolver = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text with what is missing left empty, and the names missing without a default."""

    text: str
    missing: tuple[str, ...]


@lru_cache(maxsize=2_048)
def parse(template: str) -> tuple[str | Variable | LinkPlace, ...]:
    """The template as text, variables and links in turn."""
    parts: list[str | Variable | LinkPlace] = []
    at = 0
    for match in _VARIABLE.finditer(template):
        if match.start() > at:
            parts.append(template[at : match.start()])
        at = match.end()
        if match[5]:
            parts.append(LinkPlace(match[6], "link" if match[5] == "link" else "survey"))
            continue
        name = match[1] or match[3]
        default = match[2] if match[1] else match[4]
        parts.append(Variable(ALIASES.get(name, name), None if default is None else default.strip()))
    if at < len(template):
        parts.append(template[at:])
    return tuple(parts)


def variables(template: str) -> tuple[Variable, ...]:
    """The variables a template uses, for the impact shown before publishing."""
    return tuple(part for part in parse(template) if isinstance(part, Variable))


def links_of(template: str) -> tuple[str, ...]:
    """The keys of the links a template names, in its order."""
    return _named(template, "link")


def surveys_of(template: str) -> tuple[str, ...]:
    """The keys of the surveys a template names, in its order."""
    return _named(template, "survey")


def no_link(_: str) -> None:
    """Where no links are known, none opens."""


def render(
    template: str, values: Mapping[str, object], link: Resolver = no_link, survey: Resolver = no_link
) -> Rendered:
    """Fill in. A value that is None or blank counts as missing, and so does a link or survey without an address."""
    out: list[str] = []
    missing: list[str] = []
    for part in parse(template):
        if isinstance(part, str):
            out.append(part)
            continue
        if isinstance(part, LinkPlace):
            address = (link if part.kind == "link" else survey)(part.key)
            if address is None:
                missing.append(f"{part.kind}:{part.key}")
            out.append(address or "")
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


def _named(template: str, kind: str) -> tuple[str, ...]:
    found = (part.key for part in parse(template) if isinstance(part, LinkPlace) and part.kind == kind)
    return tuple(dict.fromkeys(found))
