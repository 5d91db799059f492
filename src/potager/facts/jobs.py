"""Background entries of this room; what they do is elsewhere."""

from collections.abc import Mapping
from datetime import timedelta

from potager.core import journal, store
from potager.core.errors import Down, Problem
from potager.core.jobs import Handler, Periodic
from potager.core.store import Lane
from potager.facts import compaction, lake, loader
from potager.facts.imports import files, run


def load(_payload: Mapping[str, object]) -> int:
    """Journal → warehouse."""
    return loader.load_all()


def save(_payload: Mapping[str, object]) -> None:
    """Journal → lake, then forget what is old and in both."""
    contained = loader.loaded_seq()
    lake.save(contained)
    with store.write(Lane.IMPORT):
        journal.prune(min(contained, lake.saved_seq()))


def compact(_payload: Mapping[str, object]) -> None:
    """Hot events → cold events."""
    compaction.compact()


def import_file(payload: Mapping[str, object]) -> None:
    """Go on with an import; one that failed has its reason on its row."""
    try:
        run.work(int(str(payload["run"])))
    except Down:
        raise
    except Problem as problem:
        if problem.code == files.RUNNING:
            # Whoever works on it may die of it: looked at again until it is over.
            raise Down(problem.code, zh=problem.zh, en=problem.en) from problem


KINDS: Mapping[str, Handler] = {
    "facts.load": load,
    "facts.save": save,
    "facts.compact": compact,
    "facts.import": import_file,
}
PERIODIC = (
    Periodic("facts.load", "load", timedelta(seconds=1), idle=timedelta(seconds=4)),
    Periodic("facts.save", "heavy", timedelta(hours=1)),
    Periodic("facts.compact", "heavy", timedelta(hours=6)),
)
