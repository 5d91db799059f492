"""Starting the demo world over, when its building was broken off before there was a day to go on from."""

import shutil

from django.core.management import call_command

from potager.core import choices, house
from potager.core.settings import environment
from potager.demo import keeping
from potager.facts import warehouse

_MARK = "demo.growing"


def mark() -> None:
    """Say, in the transaction that founds it, that everything in this house is the demo's own."""
    choices.put(_MARK, value=True)


def is_stump() -> bool:
    """Whether this house was founded for the demo world and never got as far as a twin to go on with."""
    return bool(choices.get(_MARK, default=False)) and not keeping.file().exists()


def clear() -> None:
    """Empty a stump of a demo house, to the bare tables. The simulator must not be running."""
    if not is_stump():
        raise RuntimeError("only the stump of a demo world may be cleared")
    warehouse.close()
    call_command("flush", interactive=False, verbosity=0)
    env = environment()
    for path in env.home.glob(f"{env.warehouse_file.name}*"):
        path.unlink()
    for folder in (env.lake, *(env.home / name for name in ("imports", "materials", "world", "simulator"))):
        shutil.rmtree(folder, ignore_errors=True)
    house.forget()
