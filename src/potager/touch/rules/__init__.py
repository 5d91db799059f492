"""The rules of the contact policy, one file each.

A file here is all it takes: every module is read when this one is, and its rule is asked at its rank.
"""

import importlib
import pkgutil
from typing import Any, Final

from potager.touch.policy import Rule


def _found() -> tuple[Rule[Any], ...]:
    """Every rule in the order they are asked."""
    found: list[Rule[Any]] = []
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        read = importlib.import_module(f"{__name__}.{module}")
        found += [
            each()
            for each in vars(read).values()
            if isinstance(each, type) and issubclass(each, Rule) and each.__module__ == read.__name__
        ]
    return tuple(sorted(found, key=lambda rule: rule.RANK))


RULES: Final = _found()
BY_NAME: Final = {rule.NAME: rule for rule in RULES}
