"""journeys.nodes.tag: a manual tag is changed, and what follows sees it."""

from potager.insight.models import ManualTag
from potager.journeys import tick
from potager.journeys.models import Run


def test_a_tag_is_known_to_the_branch_behind_it(garden):
    garden.tag("walked")
    steps = [
        {"id": "mark", "tag": {"add": "walked"}},
        {"id": "marked", "branch": [{"if": {"tag": "walked"}, "go": "unmark"}], "next": "end"},
        {"id": "unmark", "tag": {"remove": "walked"}},
    ]
    garden.publish(control=50, steps=steps)
    people = [garden.person() for _ in range(12)]
    for cid in people:
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    treated = set(Run.objects.filter(arm="treated").values_list("subject_id", flat=True))
    assert set(ManualTag.objects.values_list("customer_id", flat=True)) == treated
    assert tick.waiting_for_facts() == len(treated)
    garden.later(seconds=1)
    garden.later(seconds=1)
    for cid in people:
        outcome = [("mark", "tagged"), ("marked", "#1"), ("unmark", "tagged")]
        assert garden.steps(cid) == (outcome if cid in treated else [("mark", "would_tag"), ("marked", "else")])
    assert ManualTag.objects.count() == 0
