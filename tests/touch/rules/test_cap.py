"""rules.cap: rolling windows, exact, with the instant at which there is room again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from potager.touch.policy import SEND, Scene, Verdict, Words
from potager.touch.rules.cap import Cap, FrequencyCaps
from potager.touch.rules.content import Content
from potager.touch.settings import Policy
from tests.touch.rules.asking import DAY, HOUR, NOON, Message, ask, ask_all, sent

CAP = FrequencyCaps()


def test_room_comes_back_when_the_oldest_leaves_the_window():
    assert ask(CAP, Message(), places=sent(3 * HOUR)) == Verdict(
        "defer", "cap", {"limit": 1, "hours": 24, "sent": 1}, NOON + 21 * HOUR
    )


def test_a_message_exactly_one_window_ago_is_out_of_it():
    assert ask(CAP, Message(), places=sent(DAY)) == SEND
    assert ask(CAP, Message(), places=sent(DAY - timedelta(microseconds=1))).decision == "defer"


def test_the_cap_that_frees_last_decides_and_past_the_window_it_skips():
    full = sent(30 * HOUR, 2 * DAY, 3 * DAY, 6 * DAY + 12 * HOUR)
    numbers = {"limit": 4, "hours": 168, "sent": 4}
    assert ask(CAP, Message(), places=full) == Verdict("defer", "cap", numbers, NOON + 12 * HOUR)
    late = sent(30 * HOUR, 2 * DAY, 3 * DAY, 5 * DAY)
    too_late = {"too_late": (NOON + 2 * DAY).isoformat()}
    assert ask(CAP, Message(), places=late) == Verdict("skip", "cap", numbers | too_late)


def test_other_purposes_and_channels_do_not_count():
    assert ask(CAP, Message(), places=sent(HOUR, purpose="transactional")) == SEND
    only_sms = Policy(caps=[Cap(limit=1, hours=24, channel="sms")])
    assert ask(CAP, Message(), policy=only_sms, places=sent(HOUR, channel="handout")) == SEND
    assert ask(CAP, Message(), policy=only_sms, places=sent(HOUR)).rule == "cap"
    anything = Policy(caps=[Cap(limit=1, hours=24, purpose=None)])
    assert ask(CAP, Message(), policy=anything, places=sent(HOUR, purpose="service")).rule == "cap"


def test_a_transactional_message_is_not_capped():
    assert ask(CAP, Message(purpose="transactional"), places=sent(HOUR)) == SEND


def test_shadows_take_no_place_from_real_messages_but_see_both():
    shadows = sent(HOUR, shadow=True)
    assert ask(CAP, Message(), places=shadows) == SEND
    assert ask(CAP, Message(shadow=True), places=shadows).rule == "cap"
    assert ask(CAP, Message(shadow=True), places=sent(HOUR)).rule == "cap"


def test_an_earlier_message_of_the_batch_counts():
    one = Message(expires=NOON + 2 * DAY)
    other = replace(one, person_key="p2")
    decisions = [each.decision for each in ask_all([CAP], [one, one, other, other])]
    assert decisions == ["send", "defer", "send", "defer"]


def test_what_is_not_sent_takes_no_place():
    verdicts = ask_all([CAP, Content()], [Message(missing=("x",)), Message()])
    assert [verdict.decision for verdict in verdicts] == ["skip", "send"]


def test_it_counts_as_far_back_as_its_widest_window():
    assert CAP.since(Scene(NOON, {}, Policy())) == NOON - 7 * DAY
    assert CAP.since(Scene(NOON, {}, Policy(caps=[]))) is None


@pytest.mark.parametrize(
    ("limit", "hours", "zh", "en"),
    [
        (1, 24, "频控：1 天内最多 1 条，已有 1 条", "Frequency cap: 1 in 24 hours, 1 already sent"),
        (4, 168, "频控：7 天内最多 4 条，已有 4 条", "Frequency cap: 4 in 7 days, 4 already sent"),
        (2, 36, "频控：36 小时内最多 2 条，已有 2 条", "Frequency cap: 2 in 36 hours, 2 already sent"),
    ],
)
def test_why(limit, hours, zh, en):
    assert CAP.why({"limit": limit, "hours": hours, "sent": limit}) == Words(zh, en)


class TestCalendar:
    DAILY = Policy(caps=[Cap(limit=1, per="day")])
    LONG = Message(expires=NOON + 60 * DAY)

    def test_a_calendar_day_of_the_house_begins_at_its_midnight(self, house):
        # Noon is 12:00 in Shanghai: the day began twelve hours ago.
        numbers = {"limit": 1, "sent": 1, "per": "day"}
        assert ask(CAP, self.LONG, policy=self.DAILY, places=sent(12 * HOUR)) == Verdict(
            "defer", "cap", numbers, NOON + 12 * HOUR
        )
        before = 12 * HOUR + timedelta(microseconds=1)
        assert ask(CAP, self.LONG, policy=self.DAILY, places=sent(before)) == SEND

    def test_weeks_begin_on_monday_and_months_on_the_first(self, house):
        # 2026-11-01 is a Sunday.
        weekly, monthly = Policy(caps=[Cap(limit=1, per="week")]), Policy(caps=[Cap(limit=1, per="month")])
        assert ask(CAP, self.LONG, policy=weekly, places=sent(6 * DAY)).until == NOON + 12 * HOUR
        assert ask(CAP, self.LONG, policy=weekly, places=sent(7 * DAY)) == SEND
        assert ask(CAP, self.LONG, policy=monthly, places=sent(6 * DAY)) == SEND
        assert ask(CAP, self.LONG, policy=monthly, places=sent(HOUR)).until == NOON + 29 * DAY + 12 * HOUR

    def test_beside_a_rolling_one_of_another_channel_and_purpose(self, house):
        both = Policy(caps=[Cap(limit=2, hours=24), Cap(limit=1, per="week", channel="sms", purpose="service")])
        assert ask(CAP, self.LONG, policy=both, places=sent(HOUR, purpose="service")) == SEND
        service = replace(self.LONG, purpose="service")
        assert ask(CAP, service, policy=both, places=sent(HOUR, purpose="service")).detail["per"] == "week"
        assert ask(CAP, service, policy=both, places=sent(HOUR, purpose="service", channel="handout")) == SEND

    def test_a_cap_has_one_kind_of_window(self):
        for wrong in ({}, {"hours": 24, "per": "day"}):
            with pytest.raises(ValueError, match="频控要么写 hours"):
                Cap(limit=1, **wrong)

    def test_why(self):
        assert CAP.why({"limit": 1, "sent": 1, "per": "week"}) == Words(
            "频控：每个自然周最多 1 条，已有 1 条", "Frequency cap: 1 in a calendar week, 1 already sent"
        )
