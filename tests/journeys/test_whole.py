"""From the event to the conversion through everything that is real: run, wait, policy, outbox, channel, receipt."""

from datetime import timedelta

from potager.core.journal import to_us
from potager.touch.channels import Receipt
from potager.touch.life import State
from potager.touch.models import Touch
from tests import journalled
from tests.journeys.conftest import HELLO

OFFER = {"id": "offer", "message": {"text": "{客户昵称|你好}，给你留了一份体验装", "purpose": "marketing"}}


def test_event_run_wait_message_policy_channel_receipt_conversion(garden):
    garden.publish(
        exits=[{"event": "order_paid"}],
        steps=[
            HELLO,
            {"id": "evening", "wait": {"between": ["22:00", "23:30"]}},
            OFFER,
            {"id": "answer", "wait": {"for": "3d", "or_event": {"event": "touch_replied"}}},
            {"id": "thanks", "message": {"text": "收到，马上寄", "purpose": "service"}},
            {"id": "rest", "wait": {"for": "9d"}},
        ],
    )
    cid = garden.person("小林")
    garden.tell("friend_added", cid, staff="chen")
    garden.later(seconds=1)
    garden.send()
    assert [batch.text for batch in garden.paper.given] == ["你好小林"]

    # 22:00 in Shanghai is inside the quiet hours for marketing: the policy defers it to 08:30.
    evening = garden.now.replace(hour=14, minute=0, second=0)
    garden.at(evening)
    offer = Touch.objects.get(step="offer")
    assert (offer.state, offer.rule, offer.due_us) == ("deferred", "quiet", to_us(evening + timedelta(hours=10.5)))
    garden.at(evening + timedelta(hours=11))
    garden.send()
    (to,) = garden.paper.given[-1].to
    assert (garden.paper.given[-1].sender, to.cid) == ("chen", cid)

    garden.paper.told += [Receipt(to.token, State.DELIVERED, garden.now), Receipt(to.token, State.REPLIED, garden.now)]
    garden.send()
    garden.later(seconds=1)
    assert garden.steps(cid)[-2:] == [("answer", "event"), ("thanks", "queued")]

    garden.order(cid)
    run = garden.run(cid)
    assert (run.end_reason, run.converted_us) == ("exit:order_paid", to_us(garden.now))
    told = [e.fact.type for e in journalled.entries(0, 1000) if e.fact.cid == cid and e.fact.kind == "event"]
    assert told == [
        "friend_added",
        "journey_entered",
        "touch_sent",
        "touch_deferred",
        "touch_sent",
        "touch_delivered",
        "touch_replied",
        "touch_cancelled",
        "journey_exited",
    ]
