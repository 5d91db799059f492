"""What uses a tag counts across rooms: a journey that gives or asks for it keeps it from being idle."""

from potager.core import store
from potager.insight import catalogue, present
from potager.insight import files as insight_files
from potager.journeys import files
from potager.org.access import SYSTEM

JOURNEY = """
kind: journey
key: ask
name: 问一问
triggers: [{audience: readers}]
steps:
- {id: mark, tag: {add: asked}}
- {id: which, branch: [{if: {tag: keen}, go: end}]}
"""


def test_a_journey_counts_as_a_use_of_what_it_names(house, warehouse):
    with store.write():
        for key in ("asked", "keen", "idle"):
            insight_files.apply(SYSTEM, {"kind": "tag", "key": key, "name_zh": key, "source": "manual"})
        insight_files.apply(
            SYSTEM,
            {"kind": "audience", "key": "readers", "name_zh": "读者", "condition": {"event": "page_viewed"}},
        )
        files.apply(SYSTEM, files.load(JOURNEY))
    uses = present.uses(catalogue.load())
    assert uses == {
        "tag:asked": ["journey:ask"],
        "tag:keen": ["journey:ask"],
        "audience:readers": ["journey:ask"],
    }
