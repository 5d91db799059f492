"""Reading a pack: its documents in the order that lets each refer to those before it."""

from importlib.resources import files as resources
from typing import Any, Final

import yaml

from potager.insight import files
from potager.insight.metrics import reports
from potager.org.access import Actor
from potager.people import attributes
from potager.people.models import Attribute

# Layers first: tags and audiences refer to them.
_ORDER: Final = ("layers.yaml", "tags.yaml", "audiences.yaml")


# What the pack's rules speak of beyond the system's own fields.
_ATTRIBUTES: Final = (("birthday", "生日", "Birthday", "date"),)


def documents(pack: str = "base") -> list[dict[str, Any]]:
    """The insight documents of a pack."""
    folder = resources("potager.playbooks") / pack
    found: list[dict[str, Any]] = []
    for name in _ORDER:
        found += [document for document in yaml.safe_load_all((folder / name).read_text("utf-8")) if document]
    return found


def report_documents(pack: str = "base") -> list[dict[str, Any]]:
    """The charts of a pack, then the dashboards made of them."""
    text = (resources("potager.playbooks") / pack / "reports.yaml").read_text("utf-8")
    return [document for document in yaml.safe_load_all(text) if document]


def journeys(pack: str = "base") -> list[dict[str, Any]]:
    """The SOPs of a pack, by file name."""
    folder = resources("potager.playbooks") / pack / "journeys"
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)
    return [yaml.safe_load(each.read_text("utf-8")) for each in found]


def load(actor: Actor, pack: str = "base") -> list[files.Planned]:
    """Apply a pack's tags, layers, audiences, charts and dashboards. Inside store.write; again, it changes nothing."""
    known = set(Attribute.objects.values_list("key", flat=True))
    for key, zh, en, kind in _ATTRIBUTES:
        if key not in known:
            attributes.define(actor, key, name_zh=zh, name_en=en, kind=kind)
    known_things = [files.apply(actor, document) for document in documents(pack)]
    return known_things + [reports.apply(actor, document) for document in report_documents(pack)]
