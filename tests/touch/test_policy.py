"""touch.policy: the rules one by one, their order, and the numbers kept with the verdict."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from potager.touch.policy import RULES, SEND, Book, Candidate, Place, Verdict, judge, judge_all
from potager.touch.settings import Cap, Policy, QuietSetting

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHO = Candidate("p1", "sms", "marketing", NOON, NOON + DAY, ZoneInfo("Asia/Shanghai"))
POLICY = Policy(caps=[Cap(limit=1, hours=24), Cap(limit=4, hours=168)])


def sent(*ago: timedelta, channel="sms", purpose="marketing", shadow=False):
    return [Place(NOON - each, channel, purpose, shadow) for each in ago]


def verdict(who=WHO, policy=POLICY, places=()):
    return judge(who, policy, Book({"p1": list(places)}))


def test_nothing_against_it():
    assert verdict() == SEND


def test_a_deleted_customer_drops_the_run():
    assert verdict(replace(WHO, gone=True)) == Verdict("drop", "gone")


def test_an_opt_out_skips():
    assert verdict(replace(WHO, opted_out=True)) == Verdict(
        "skip", "consent", {"channel": "sms", "purpose": "marketing"}
    )


class TestHoldoutFuse:
    def test_a_real_message_to_a_control_person_is_dropped(self):
        assert verdict(replace(WHO, held_out=True)) == Verdict("drop", "holdout")
        assert verdict(replace(WHO, held_out=True, purpose="service")) == Verdict("drop", "holdout")

    def test_duty_and_shadows_pass(self):
        assert verdict(replace(WHO, held_out=True, purpose="transactional")) == SEND
        assert verdict(replace(WHO, held_out=True, shadow=True)) == SEND


@pytest.mark.parametrize("lacking", ["channel", "sender", "length"])
def test_a_channel_without_what_it_needs_skips(lacking):
    assert verdict(replace(WHO, lacking=lacking)) == Verdict("skip", "channel", {"channel": "sms", "lacking": lacking})


class TestFrequencyCaps:
    def test_room_comes_back_when_the_oldest_leaves_the_window(self):
        assert verdict(places=sent(3 * HOUR)) == Verdict(
            "defer", "cap", {"limit": 1, "hours": 24, "sent": 1}, NOON + 21 * HOUR
        )

    def test_a_message_exactly_one_window_ago_is_out_of_it(self):
        assert verdict(places=sent(DAY)) == SEND
        assert verdict(places=sent(DAY - timedelta(microseconds=1))).decision == "defer"

    def test_the_cap_that_frees_last_decides_and_past_the_window_it_skips(self):
        full = sent(30 * HOUR, 2 * DAY, 3 * DAY, 6 * DAY + 12 * HOUR)
        assert verdict(places=full) == Verdict("defer", "cap", {"limit": 4, "hours": 168, "sent": 4}, NOON + 12 * HOUR)
        late = sent(30 * HOUR, 2 * DAY, 3 * DAY, 5 * DAY)
        assert verdict(places=late) == Verdict(
            "skip",
            "cap",
            {"limit": 4, "hours": 168, "sent": 4, "too_late": (NOON + 2 * DAY).isoformat()},
        )

    def test_other_purposes_and_channels_do_not_count(self):
        assert verdict(places=sent(HOUR, purpose="transactional")) == SEND
        only_sms = Policy(caps=[Cap(limit=1, hours=24, channel="sms")])
        assert verdict(policy=only_sms, places=sent(HOUR, channel="handout")) == SEND
        assert verdict(policy=only_sms, places=sent(HOUR)).rule == "cap"
        anything = Policy(caps=[Cap(limit=1, hours=24, purpose=None)])
        assert verdict(policy=anything, places=sent(HOUR, purpose="service")).rule == "cap"

    def test_a_transactional_message_is_not_capped(self):
        assert verdict(replace(WHO, purpose="transactional"), places=sent(HOUR)) == SEND

    def test_shadows_take_no_place_from_real_messages_but_see_both(self):
        shadows = sent(HOUR, shadow=True)
        assert verdict(places=shadows) == SEND
        assert verdict(replace(WHO, shadow=True), places=shadows).rule == "cap"
        assert verdict(replace(WHO, shadow=True), places=sent(HOUR)).rule == "cap"

    def test_an_earlier_message_of_the_batch_counts(self):
        one, other = (replace(WHO, person_key=key, expires=NOON + 2 * DAY) for key in ("p1", "p2"))
        decisions = [each.decision for each in judge_all([one, one, other, other], POLICY, Book({}))]
        assert decisions == ["send", "defer", "send", "defer"]

    def test_what_is_not_sent_takes_no_place(self):
        assert [v.decision for v in judge_all([replace(WHO, missing=("x",)), WHO], POLICY, Book({}))] == [
            "skip",
            "send",
        ]


class TestQuietTime:
    LATE = datetime(2026, 11, 1, 14, tzinfo=UTC)

    def test_deferred_to_the_morning_on_the_persons_clock(self):
        late = replace(WHO, now=self.LATE, expires=self.LATE + DAY)
        assert verdict(late) == Verdict(
            "defer",
            "quiet",
            {"start": "21:30", "end": "08:30", "zone": "Asia/Shanghai"},
            datetime(2026, 11, 2, 0, 30, tzinfo=UTC),
        )
        assert verdict(replace(late, zone=ZoneInfo("Europe/Paris"))) == SEND

    def test_other_purposes_may_wake_people_unless_said_otherwise(self):
        late = replace(WHO, now=self.LATE, expires=self.LATE + DAY, purpose="service")
        assert verdict(late) == SEND
        strict = Policy(quiet=QuietSetting(purposes=["marketing", "service"]))
        assert verdict(late, policy=strict).rule == "quiet"

    def test_equal_times_mean_no_quiet_hours(self):
        late = replace(WHO, now=self.LATE, expires=self.LATE + DAY)
        assert verdict(late, policy=Policy(quiet=QuietSetting(start="08:00", end="08:00"))) == SEND

    def test_a_window_that_closes_before_the_morning_skips(self):
        late = replace(WHO, now=self.LATE, expires=self.LATE + 2 * HOUR)
        assert verdict(late).decision == "skip"
        assert verdict(late).detail["too_late"] == "2026-11-02T00:30:00+00:00"


def test_a_hole_in_the_text_skips_and_names_it():
    assert verdict(replace(WHO, missing=("skin_type",))) == Verdict("skip", "content", {"missing": ["skin_type"]})


def test_the_first_rule_that_objects_decides():
    everything = replace(WHO, gone=True, opted_out=True, held_out=True, lacking="sender", missing=("x",))
    assert [rule.name for rule in RULES] == ["gone", "consent", "holdout", "channel", "cap", "quiet", "content"]
    assert verdict(everything).rule == "gone"
    assert verdict(replace(everything, gone=False)).rule == "consent"
    assert verdict(replace(everything, gone=False, opted_out=False)).rule == "holdout"
