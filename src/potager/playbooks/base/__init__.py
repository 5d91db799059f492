"""The base pack: what every house of this kind begins with."""

from potager.core import store
from potager.core.store import Lane
from potager.journeys import files
from potager.org.access import Actor
from potager.playbooks import loader


def apply(actor: Actor) -> None:
    """Take the pack over, in one transaction; what is there just so already stays as it is. SOPs become drafts."""
    with store.write(Lane.WEB):
        loader.load(actor, "base")
        for document in loader.journeys("base"):
            files.apply(actor, document)
