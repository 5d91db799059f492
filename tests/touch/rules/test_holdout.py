"""rules.holdout: control people are spared real messages, inside runs and outside."""

import pytest

from potager.core import store
from potager.evidence import arms
from potager.evidence.arms import Holdout
from potager.org.access import SYSTEM
from potager.touch.drafts import Intent
from potager.touch.models import Touch
from potager.touch.policy import SEND, Verdict, Words
from potager.touch.rules import holdout
from potager.touch.rules.holdout import HoldoutFuse
from tests.touch.conftest import say
from tests.touch.rules.asking import Message, ask, ask_all

HELD = Verdict("drop", "holdout")


@pytest.mark.parametrize("arm", ["control", "holdout"])
@pytest.mark.parametrize("purpose", ["marketing", "service"])
def test_a_real_message_to_a_control_person_is_dropped(arm, purpose):
    assert ask(HoldoutFuse(), Message(arm=arm, purpose=purpose)) == HELD


def test_duty_shadows_and_other_arms_pass():
    assert ask(HoldoutFuse(), Message(arm="control", purpose="transactional")) == SEND
    assert ask(HoldoutFuse(), Message(arm="control", shadow=True)) == SEND
    assert ask(HoldoutFuse(), Message(arm="treated")) == SEND


def test_outside_runs_the_global_holdout_is_asked_once_for_all(monkeypatch):
    asked = []
    monkeypatch.setattr(holdout._keeper, "held_out", lambda keys: asked.append(set(keys)) or {"p1"})
    messages = [
        Message(run_id=0),
        Message(run_id=0, person_key="p2"),
        Message(run_id=0, purpose="transactional"),
        Message(run_id=3),
    ]
    assert ask_all([HoldoutFuse()], messages) == [HELD, SEND, SEND, SEND]
    assert asked == [{"p1", "p2"}]


def test_a_message_of_no_run_spares_the_people_evidence_holds_out(people, paper):
    with store.write():
        arms.keep_holdout(SYSTEM, Holdout(share=2_000))
        experiment = arms.define("journey:a", control_share=0, window_days=14)
        held = [f"person-{n}" for n in range(200) if arms.held_out([f"person-{n}"])]
        people[0].person_key, people[1].person_key = held[0], held[1]
        for each in people[:2]:
            each.save()
        arms.draw(experiment, [arms.Person(held[1], people[1].id, people[1].created_at)])
    made = say(
        *(Intent(customer.id, "paper", "你好", step=f"manual:{n}") for n, customer in enumerate(people[:2])),
        Intent(people[0].id, "paper", "快递到了", step="manual:2", purpose="transactional"),
    )
    assert [(each.state, each.rule) for each in made] == [
        ("dropped", "holdout"),
        ("dropped", "holdout"),
        ("queued", ""),
    ]
    assert Touch.objects.filter(run_id=0).count() == 3


def test_why():
    assert HoldoutFuse().why({}) == Words(
        "客户在对照组，真实发送会毁掉实验", "A control person: sending would spoil it"
    )
