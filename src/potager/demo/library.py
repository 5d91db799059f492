"""The brand's script library: folders, personas, scripts a second person reviewed, questions; and their daily use."""

from importlib.resources import files as resources
from typing import Any, Final

import yaml
from django.db.models import Min

from potager.content import faqs, folders, personas, queries, scripts, speaking, versions
from potager.content.models import Kind
from potager.content.specs import DraftSpec, FaqSpec, FolderSpec, PersonaSpec, ScriptSpec
from potager.core import clock, journal, store
from potager.core.store import Lane
from potager.demo import brand
from potager.org.access import Actor
from potager.org.models import Role
from potager.people.models import Customer, State

WRITER, REVIEWER = Actor("manager", Role.MANAGER), Actor("owner", Role.OWNER)
# Of so many customers, one hears a script on a day.
ONE_IN: Final = 31


def fill() -> None:
    """Write the library down, inside store.write: the manager writes, the owner reviews."""
    told = yaml.safe_load((resources("potager.demo") / "library.yaml").read_text("utf-8"))
    for axis, rows in told["folders"].items():
        for key, (zh, en) in rows.items():
            folders.save(WRITER, FolderSpec(key=key, axis=axis, name_zh=zh, name_en=en))
    fronts = [member.key for member in brand.STAFF if member.fronts]
    for row in told["personas"]:
        speakers, fronts = fronts[: row["staff"]], fronts[row["staff"] :]
        personas.save(WRITER, PersonaSpec(**{**row, "staff": speakers}))
    for row in told["scripts"]:
        _write(row)
    for row in told["faqs"]:
        faqs.save(WRITER, FaqSpec(**row))


def use(day: int) -> None:
    """What staff said on the morning of this day: some customers hear a script that fits anybody."""
    usable = list(queries.usable(clock.today()).select_related("script").order_by("script__key", "kind"))
    if not usable:
        return
    live = Customer.objects.filter(state=State.LIVE, owner__isnull=False).order_by("id")
    rows = live.annotate(iid=Min("identities__id")).values_list("id", "iid", "owner__key")
    heard = [row for row in rows if (row[0] * 17 + day * 29) % ONE_IN == 0]
    facts = [
        speaking.used(usable[(day * len(heard) + n) % len(usable)], cid=cid, iid=iid, staff=staff)
        for n, (cid, iid, staff) in enumerate(heard)
        if iid
    ]
    with store.write(Lane.IMPORT):
        journal.append(facts)


def _write(row: dict[str, Any]) -> None:
    texts, leave = row.pop("versions"), row.pop("leave", "")
    script = scripts.create(WRITER, ScriptSpec(**row))
    for kind, said in texts.items():
        spec = DraftSpec(**(said if isinstance(said, dict) else {"text": said}))
        version = versions.save_draft(WRITER, script, Kind(kind), spec)
        versions.submit(WRITER, version.pk)
        if leave != "in_review":
            versions.publish(REVIEWER, version.pk)
