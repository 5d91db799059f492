"""journeys.nodes.split: everybody goes the way drawn at entry."""

from potager.evidence.models import Assignment
from potager.journeys.models import Run
from tests.journeys.conftest import BYE, HELLO


def test_a_split_follows_the_variant_drawn_at_entry(garden):
    split = [{"key": "a", "share": 50, "go": "hello"}, {"key": "b", "share": 50, "go": "bye"}]
    garden.publish(control=40, steps=[{"id": "copy", "split": split}, {**HELLO, "next": "end"}, BYE])
    people = [garden.person() for _ in range(30)]
    for cid in people:
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    for run in Run.objects.all():
        variant = run.variants["copy"]
        assert garden.steps(run.subject_id)[0] == ("copy", variant)
        assert garden.steps(run.subject_id)[1][0] == {"a": "hello", "b": "bye"}[variant]
    treated = Run.objects.filter(arm="treated")
    drawn = Assignment.objects.filter(experiment__key="journey:welcome/copy")
    assert dict(drawn.values_list("cid", "arm")) == {run.subject_id: run.variants["copy"] for run in treated}
