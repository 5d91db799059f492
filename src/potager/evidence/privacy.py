"""A person's arms in experiments."""

from collections.abc import Collection, Mapping
from typing import Any

from potager.evidence.models import Assignment


def told(keys: Collection[str]) -> list[dict[str, Any]]:
    """Which experiments the person took part in, in which arm, since when."""
    rows = Assignment.objects.filter(person_key__in=keys).select_related("experiment").order_by("id")
    return [{"experiment": row.experiment.key, "arm": row.arm, "since": row.first_entry_at} for row in rows]


def erase(keys: Mapping[str, str]) -> None:
    """Keep the assignments, which results count, under keys that lead to nobody."""
    for old, new in keys.items():
        Assignment.objects.filter(person_key=old).update(person_key=new)
