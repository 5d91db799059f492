"""The leaves of conditions, one file each. A file here is all it takes: every module is read when this one is.

A leaf is a written form (a `Written`, found by the one key only it has) and a bound form (a `BoundLeaf`).
"""

import importlib
import pkgutil
from typing import Final

from potager.insight.conditions.base import Written


def _found() -> dict[str, type[Written]]:
    """Every written form by its key, in the order of the files' names."""
    found: dict[str, type[Written]] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        read = importlib.import_module(f"{__name__}.{module}")
        found |= {
            each.KEY: each
            for each in vars(read).values()
            if isinstance(each, type) and issubclass(each, Written) and each.__module__ == read.__name__
        }
    return found


WRITTEN: Final = _found()
