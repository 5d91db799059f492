"""rules.quiet: deferred to the morning on the person's own clock."""

from datetime import UTC, datetime

from potager.touch.policy import SEND, Verdict, Words
from potager.touch.rules.quiet import QuietSetting, QuietTime
from potager.touch.settings import Policy
from tests.touch.rules.asking import DAY, HOUR, Message, ask

LATE = datetime(2026, 11, 1, 14, tzinfo=UTC)
QUIET = {"start": "21:30", "end": "08:30", "zone": "Asia/Shanghai"}


def late(policy=None, **about):
    return ask(QuietTime(), Message(**{"expires": LATE + DAY, **about}), at=LATE, policy=policy)


def test_deferred_to_the_morning_on_the_persons_clock():
    assert late() == Verdict("defer", "quiet", QUIET, datetime(2026, 11, 2, 0, 30, tzinfo=UTC))
    assert late(zone="Europe/Paris") == SEND


def test_other_purposes_may_wake_people_unless_said_otherwise():
    assert late(purpose="service") == SEND
    strict = Policy(quiet=QuietSetting(purposes=["marketing", "service"]))
    assert late(strict, purpose="service").rule == "quiet"


def test_equal_times_mean_no_quiet_hours():
    assert late(Policy(quiet=QuietSetting(start="08:00", end="08:00"))) == SEND


def test_a_window_that_closes_before_the_morning_skips():
    too_late = {"too_late": "2026-11-02T00:30:00+00:00"}
    assert late(expires=LATE + 2 * HOUR) == Verdict("skip", "quiet", QUIET | too_late)


def test_why():
    assert QuietTime().why(QUIET) == Words(
        "客户当地 21:30–08:30 免打扰", "Quiet hours 21:30–08:30 on the customer's clock"
    )
