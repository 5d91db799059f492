"""touch.best_hour: the hour of past acts on the person's clock, a fallback for few, and always inside the window."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from potager.touch.best_hour import FALLBACK, HALF_LIFE, best_hour, next_at

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ZONES = [SHANGHAI, NEW_YORK, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago"), ZoneInfo("Asia/Kathmandu")]


def at(hour, minute=0, *, days=1, zone=SHANGHAI):
    return (NOW - days * DAY).astimezone(zone).replace(hour=hour, minute=minute)


class TestBestHour:
    def test_the_hour_most_acts_fell_into_on_the_persons_own_clock(self):
        acts = [at(21), at(21, 30, days=3), at(21, days=5), at(9, days=2), at(21, days=9)]
        assert best_hour(acts, NOW, SHANGHAI) == 21
        assert best_hour(acts, NOW, NEW_YORK) == 9

    def test_too_few_acts_are_no_evidence(self):
        assert best_hour([], NOW, SHANGHAI) == FALLBACK
        assert best_hour([at(21)] * 2, NOW, SHANGHAI, fallback=19) == 19
        assert best_hour([at(21, days=0)] * 2 + [at(21, days=100)], NOW, SHANGHAI) == FALLBACK

    def test_what_is_old_weighs_less(self):
        old, new = [at(8, days=300)] * 20, [at(20, days=2)] * 4
        assert best_hour(old + new, NOW, SHANGHAI) == 20
        assert best_hour([NOW - HALF_LIFE] * 6, NOW, SHANGHAI) == 12
        assert best_hour([NOW - HALF_LIFE] * 5, NOW, SHANGHAI) == FALLBACK

    def test_neighbouring_hours_speak_for_each_other_over_midnight_too(self):
        acts = [at(23), at(23), at(0), at(1), at(1), at(14), at(14)]
        assert best_hour(acts, NOW, SHANGHAI) == 0

    def test_of_equal_hours_the_first_after_the_fallback(self):
        acts = [at(8)] * 4 + [at(18)] * 4
        assert best_hour(acts, NOW, SHANGHAI, fallback=10) == 18
        assert best_hour(acts, NOW, SHANGHAI, fallback=19) == 8

    def test_what_is_to_come_does_not_count(self):
        assert best_hour([NOW + HOUR] * 9, NOW, SHANGHAI) == FALLBACK

    @given(st.lists(st.integers(0, 400 * 24), max_size=30), st.integers(0, 23), st.randoms())
    def test_it_does_not_depend_on_the_order_of_acts(self, ago, fallback, random):
        acts = [NOW - each * HOUR for each in ago]
        mixed = list(acts)
        random.shuffle(mixed)
        assert best_hour(acts, NOW, SHANGHAI, fallback=fallback) == best_hour(mixed, NOW, SHANGHAI, fallback=fallback)


class TestNextAt:
    @pytest.mark.parametrize(
        ("hour", "hours_ahead"),
        # Now is 12:00 in Shanghai.
        [(12, 0), (13, 1), (11, 23), (0, 12), (23, 11)],
    )
    def test_today_or_tomorrow(self, hour, hours_ahead):
        assert next_at(hour, NOW, NOW + 2 * DAY, SHANGHAI) == NOW + hours_ahead * HOUR

    def test_inside_the_hour_it_is_now(self):
        due = NOW + timedelta(minutes=59, seconds=59)
        assert next_at(12, due, NOW + 2 * DAY, SHANGHAI) == due
        assert next_at(12, NOW + HOUR, NOW + 2 * DAY, SHANGHAI) == NOW + DAY

    def test_past_the_window_it_goes_at_once(self):
        assert next_at(18, NOW, NOW + 6 * HOUR, SHANGHAI) == NOW
        assert next_at(18, NOW, NOW + 6 * HOUR + timedelta(microseconds=1), SHANGHAI) == NOW + 6 * HOUR

    def test_when_clocks_change(self):
        # 2026-11-01 06:00 UTC: New York falls back from 02:00 to 01:00. The hour of one comes twice.
        second = datetime(2026, 11, 1, 6, tzinfo=UTC)
        assert next_at(1, second, second + DAY, NEW_YORK) == second
        assert next_at(1, second - HOUR, second + DAY, NEW_YORK) == second - HOUR
        # 2026-03-08: from 02:00 to 03:00. The hour of two is met an hour later on the clock.
        spring = datetime(2026, 3, 8, 6, tzinfo=UTC)
        assert next_at(2, spring, spring + DAY, NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)

    @given(
        st.integers(0, 23),
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
        st.integers(1, 7 * 24 * 60),
        st.sampled_from(ZONES),
    )
    def test_always_inside_the_window_and_at_the_hour_when_it_comes(self, hour, due, minutes, zone):
        expires = due + timedelta(minutes=minutes)
        found = next_at(hour, due, expires, zone)
        assert due <= found < expires
        # Within 26 hours every hour comes, unless clocks skip it.
        if minutes > 26 * 60 and found.astimezone(zone).utcoffset() == due.astimezone(zone).utcoffset():
            assert found.astimezone(zone).hour == hour
