"""A survey as a file: what is applied, exported and compared. apply(export(x)) changes nothing."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import yaml

from potager.content.surveys.models import Survey
from potager.content.surveys.queries import current, survey
from potager.content.surveys.specs import KIND as _KIND
from potager.content.surveys.specs import SurveySpec, read
from potager.content.surveys.writing import save_draft
from potager.org.access import Actor

KIND: Final = _KIND


@dataclass(frozen=True, slots=True)
class Planned:
    """What applying a definition would change, as a person can read it."""

    key: str
    change: Literal["new", "changed", "unchanged"]
    diff: str


def apply(actor: Actor, written: Mapping[str, Any]) -> Planned:
    """Store the definition as its survey's draft; nobody is asked anything else until it is published."""
    planned = plan(written)
    if planned.change != "unchanged":
        save_draft(actor, read(written))
    return planned


def plan(written: Mapping[str, Any]) -> Planned:
    """Compare a definition with the survey's draft, or with what is published."""
    spec = read(written)
    row = Survey.objects.select_related("version").filter(key=spec.key).first()
    if row is None:
        return Planned(spec.key, "new", dump(spec))
    stored = current(row)
    if stored.hash == spec.hash:
        return Planned(spec.key, "unchanged", "")
    lines = difflib.unified_diff(dump(stored).splitlines(), dump(spec).splitlines(), "stored", "file", lineterm="", n=2)
    return Planned(spec.key, "changed", "\n".join(lines))


def export(key: str) -> str:
    """The survey's draft, or what is published, as YAML. Raises NotFound."""
    return dump(current(survey(key)))


def dump(spec: SurveySpec) -> str:
    return yaml.safe_dump(spec.canonical(), allow_unicode=True, sort_keys=False, width=1_000)
