"""A journey as a file: what is applied, exported and compared. apply(export(x)) changes nothing."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from potager.core import clock
from potager.core.errors import Conflict, NotFound
from potager.journeys import checks, live, queries
from potager.journeys.graph import Definition
from potager.journeys.models import Journey, State
from potager.org import audit
from potager.org.access import Actor

KIND = "journey"
Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Planned:
    """What applying a definition would change, as a person can read it."""

    key: str
    change: Change
    diff: str


def apply(actor: Actor, written: Mapping[str, Any]) -> Planned:
    """Store the definition as its journey's draft; nothing runs differently until it is published."""
    definition = checks.read(written)
    planned = plan(written)
    if planned.change != "unchanged":
        save_draft(actor, definition)
    return planned


def save_draft(actor: Actor, definition: Definition) -> Journey:
    """Keep what is being edited, complete or not. A draft equal to what is live is no draft."""
    journey, created = Journey.objects.get_or_create(
        key=definition.key,
        defaults={"name": definition.name, "state": State.DRAFT, "updated_at": clock.now()},
    )
    if journey.live is not None and definition.subject != journey.live.definition.get("subject", "customer"):
        raise Conflict(
            "journey.subject",
            zh="发布过的 SOP 不能在客户和员工之间改换；请新建一个 SOP",
            en="A published SOP stays about customers or about staff; make a new one",
            place="subject",
        )
    is_live = journey.live is not None and journey.live.hash == definition.hash
    journey.draft = None if is_live else definition.canonical()
    if journey.live is None:
        journey.name, journey.name_en = definition.name, definition.name_en
    journey.updated_at = clock.now()
    journey.save()
    audit.record(actor, "journey.create" if created else "journey.edit", f"journey:{definition.key}")
    return journey


def restore(actor: Actor, journey: Journey, n: int) -> Definition:
    """Make an earlier version the draft, to be looked at and published like any other."""
    version = queries.version_of(journey, n)
    definition = live.definitions_of([version.pk])[version.pk]
    save_draft(actor, definition)
    return definition


def plan(written: Mapping[str, Any]) -> Planned:
    """Compare a definition with the journey's draft, or with what is live."""
    definition = checks.read(written)
    stored = current(definition.key)
    if stored is None:
        return Planned(definition.key, "new", dump(definition))
    if stored.hash == definition.hash:
        return Planned(definition.key, "unchanged", "")
    lines = difflib.unified_diff(
        dump(stored).splitlines(), dump(definition).splitlines(), "stored", "file", lineterm="", n=2
    )
    return Planned(definition.key, "changed", "\n".join(lines))


def export(key: str) -> str:
    """The journey's draft, or what is live, as YAML."""
    stored = current(key)
    if stored is None:
        raise NotFound("旅程", "journey", key)
    return dump(stored)


def current(key: str) -> Definition | None:
    journey = Journey.objects.filter(key=key).select_related("live").first()
    if journey is None:
        return None
    if journey.draft is not None:
        return checks.read(journey.draft)
    return live.definitions_of([journey.live.pk])[journey.live.pk] if journey.live is not None else None


def load(text: str) -> dict[str, Any]:
    """One YAML document."""
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def dump(definition: Definition) -> str:
    """YAML a person likes to read: known order, texts as blocks."""
    return yaml.dump(definition.canonical(), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000)


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  (the library's signature)
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
