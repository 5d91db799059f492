"""Requests of persons about their own data (PIPL): what the house knows of one, and its erasure. One call a room."""

from dataclasses import dataclass
from typing import Any

from potager.content.links import privacy as links
from potager.content.surveys import privacy as surveys
from potager.core import clock, store
from potager.core.store import Lane
from potager.evidence import privacy as evidence
from potager.facts import loader, warehouse
from potager.facts import privacy as facts
from potager.insight import privacy as insight
from potager.journeys import privacy as journeys
from potager.org import audit
from potager.org.access import Actor, require_owner
from potager.people import privacy as people
from potager.people.privacy import Person
from potager.touch import privacy as touch


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure went through: the customer, its identities, and files of the lake that were rewritten."""

    cid: int
    identities: int
    files: int


def export(actor: Actor, person: Person) -> dict[str, Any]:
    """Everything known of a person, in clear, as JSON values; the trail says who asked."""
    require_owner(actor)
    loader.load_all()
    with store.write(Lane.WEB):
        audit.record(actor, "privacy.export", f"customer:{person.cids[0]}")
    return {
        "as_of": clock.now(),
        **people.told(person),
        **facts.told(person.cids),
        **insight.told(person.cids),
        **touch.told(person.cids),
        **links.told(person.cids),
        **surveys.told(person.cids),
        "journeys": journeys.told(person.cids),
        "experiments": evidence.told(person.keys),
    }


def erase(actor: Actor, person: Person) -> Erased:
    """Take a person out of the house, for ever. Called again after a crash it finishes what was left.

    Raises Conflict("warehouse.owned") before anything is changed when another process has the warehouse open.
    """
    require_owner(actor)
    warehouse.owned()
    loader.load_all()
    with store.write(Lane.WEB):
        people.erase(person)
        insight.erase(person.cids)
        journeys.erase(person.cids, person.keys)
        touch.erase(person.cids, person.keys)
        links.erase(person.cids)
        surveys.erase(person.cids)
        evidence.erase(person.keys)
        audit.forget_values(person.cids)
        # Last: the rooms before it told the journal of what they ended.
        facts.erase(person.cids, person.iids)
        audit.record(actor, "privacy.erase", f"customer:{person.cids[0]}", {"identities": len(person.iids)})
    loader.load_all()
    return Erased(person.cids[0], len(person.iids), facts.erase_files(person.cids, person.iids))
