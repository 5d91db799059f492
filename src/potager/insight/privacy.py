"""Tags and layers of a person."""

from collections.abc import Collection
from typing import Any

from potager.core import clock, jobs
from potager.insight import membership, queries, tags
from potager.insight.models import ManualTag


def told(cids: Collection[int]) -> dict[str, Any]:
    """Tags given by hand with who gave them, computed tags with a value, and the layer in each model."""
    cid = next(iter(cids))
    return {
        "manual_tags": list(
            ManualTag.objects.filter(customer_id__in=cids)
            .order_by("tag", "id")
            .values("tag", "value", "since", "until", "by")
        ),
        "computed_tags": queries.values_of(cid),
        "lists": [
            {"list": key, "since": since} for key, since in sorted(membership.on_lists_since(cid, clock.now()).items())
        ],
        "layers": [{"model": model, "layer": layer, "since": day} for model, layer, day in queries.layers_of(cid)],
    }


def erase(cids: Collection[int]) -> None:
    """Take the tags given by hand; computed ones go with the next refresh, which is asked for."""
    tags.forget(cids)
    jobs.enqueue("insight.refresh_now", lane="heavy", dedupe_key="insight.refresh_now")
