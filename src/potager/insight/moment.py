"""The instant a condition is answered for, and the windows of days and hours that end at it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Moment:
    """An aware instant and the business zone that gives it a date."""

    at: datetime
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return self.at.astimezone(self.zone).date()

    def date_of(self, at: datetime) -> date:
        """The business date of another instant."""
        return at.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a business day, aware UTC."""
        return datetime.combine(day, time.min, tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a window lets through: dates from `first` to `last`, instants after `after` to `until`. None = open."""

    first: date | None = None
    last: date | None = None
    after: datetime | None = None
    until: datetime | None = None

    def contain(self, at: datetime, day: date) -> bool:
        return (
            (self.first is None or day >= self.first)
            and (self.last is None or day <= self.last)
            and (self.after is None or at > self.after)
            and (self.until is None or at <= self.until)
        )


_DAYS: Final = re.compile(r"([1-9]\d{0,3})d")
_HOURS: Final = re.compile(r"([1-9]\d{0,3})h")


def _month(day: date, back: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
    return date(year, month + 1, 1)


def _week(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _quarter(day: date, back: int) -> date:
    return _month(day, (day.month - 1) % 3 + 3 * back)


_ONE: Final = timedelta(days=1)
# Weeks begin on Monday.
CALENDAR: Final[dict[str, Callable[[date], tuple[date, date]]]] = {
    "today": lambda d: (d, d),
    "yesterday": lambda d: (d - _ONE, d - _ONE),
    "this_week": lambda d: (_week(d), d),
    "last_week": lambda d: (_week(d) - 7 * _ONE, _week(d) - _ONE),
    "this_month": lambda d: (_month(d, 0), d),
    "last_month": lambda d: (_month(d, 1), _month(d, 0) - _ONE),
    "this_quarter": lambda d: (_quarter(d, 0), d),
    "last_quarter": lambda d: (_quarter(d, 1), _quarter(d, 0) - _ONE),
    "this_year": lambda d: (date(d.year, 1, 1), d),
    "last_year": lambda d: (date(d.year - 1, 1, 1), date(d.year - 1, 12, 31)),
}
CALENDAR_ZH: Final = {
    "today": "今天",
    "yesterday": "昨天",
    "this_week": "本周",
    "last_week": "上周",
    "this_month": "本月",
    "last_month": "上月",
    "this_quarter": "本季度",
    "last_quarter": "上季度",
    "this_year": "今年",
    "last_year": "去年",
}
SINCE_ADDED: Final = "since_added"


def days_of(window: str) -> int | None:
    """How many days "90d" means; None when it is another kind of window."""
    match = _DAYS.fullmatch(window)
    return int(match[1]) if match else None


def hours_of(window: str) -> int | None:
    """How many hours "24h" means; None when it is another kind of window."""
    match = _HOURS.fullmatch(window)
    return int(match[1]) if match else None


def is_window(text: str) -> bool:
    """Whether the text names a window: "90d", "24h", "last_week", "since_added"."""
    return text in CALENDAR or text == SINCE_ADDED or bool(_DAYS.fullmatch(text) or _HOURS.fullmatch(text))


def bounds_of(window: str, moment: Moment) -> Bounds:
    """The bounds of a named window that ends at this moment. since_added bounds nothing here: it differs per person."""
    if (days := days_of(window)) is not None:
        return Bounds(first=moment.day - timedelta(days=days - 1), last=moment.day)
    if (hours := hours_of(window)) is not None:
        return Bounds(after=moment.at - timedelta(hours=hours))
    if window == SINCE_ADDED:
        return Bounds()
    first, last = CALENDAR[window](moment.day)
    return Bounds(first=first, last=last)


def bounds_before(window: str, moment: Moment) -> Bounds | None:
    """The equal window before a named one; None when it has none, as "since_added".

    Days and hours: as many right before. A calendar window that has ended: the one before it. One that has not: as
    many days from the start of the one before, no further than that one's end.
    """
    if (days := days_of(window)) is not None:
        last = moment.day - timedelta(days=days)
        return Bounds(first=last - timedelta(days=days - 1), last=last)
    if (hours := hours_of(window)) is not None:
        until = moment.at - timedelta(hours=hours)
        return Bounds(after=until - timedelta(hours=hours), until=until)
    if window == SINCE_ADDED:
        return None
    first, last = CALENDAR[window](moment.day)
    whole = {"today": "yesterday"}.get(window, window.replace("this_", "last_"))
    if whole == window:
        before, end = CALENDAR[window](first)
        return Bounds(first=before, last=end)
    before, end = CALENDAR[whole](moment.day)
    return Bounds(first=before, last=min(end, before + (last - first)))


def say_window(window: str, language: str) -> str:
    """近 90 天 / in the last 90 days."""
    zh = language == "zh"
    if (days := days_of(window)) is not None:
        if days == 1:
            return "今天" if zh else "today"
        return f"近 {days} 天" if zh else f"in the last {days} days"
    if (hours := hours_of(window)) is not None:
        return f"最近 {hours} 小时" if zh else f"in the last {hours} hours"
    if window == SINCE_ADDED:
        return "成为好友以来" if zh else "since being added"
    return CALENDAR_ZH[window] if zh else window.replace("_", " ")
