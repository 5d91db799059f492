"""journeys.nodes.exit: the end, with its reason."""

from potager.journeys.graph import Definition
from tests.journeys.conftest import BYE, HELLO, small
from tests.journeys.walking import go, walker


def test_the_end_says_why_and_nothing_comes_after_it():
    one = walker()
    go([{"id": "first", "exit": {"reason": "bought"}}, BYE], one)
    assert (one.ended, [(each.step, each.outcome) for each in one.passed]) == ("bought", [("first", "bought")])


def test_an_end_needs_no_reason_and_does_not_wait_for_an_act_to_be_written():
    one = walker()
    go([{**HELLO, "id": "first"}, {"id": "out", "exit": {}}], one)
    assert (one.ended, [each.step for each in one.passed]) == ("done", ["first", "out"])


def test_an_end_leads_nowhere():
    definition = Definition.model_validate(small(steps=[{"id": "out", "exit": {}, "next": "bye"}, BYE]))
    assert list(definition.edges(definition.steps[0])) == [("end", "")]
