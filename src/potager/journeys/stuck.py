"""People who cannot go on because something their journey asks about is no more: held back for a while, with the
reason to be seen, so that they keep nobody else waiting and go on by themselves once it is cured."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from potager.core import clock, store
from potager.core.errors import Problem
from potager.core.journal import from_us, to_us
from potager.core.store import Lane
from potager.journeys.models import Run, Stuck

# Places that are no step.
FILTER, VERSION = "filter", ""
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(minutes=10)


def settle(version_id: int, problems: Mapping[str, Problem], passed: Collection[str]) -> dict[str, int]:
    """Note what is wrong at these places of a version, and forget it of places somebody has passed.

    Returns until when each place holds its people back (a lease: microseconds of wall time since 1970 UTC). Must be
    called inside store.write.
    """
    known = {row.place: row for row in Stuck.objects.filter(version_id=version_id)}
    if cured := [row.pk for place, row in known.items() if place in passed and place not in problems]:
        Stuck.objects.filter(id__in=cured).delete()
    now, until = clock.now(), {}
    for place, problem in problems.items():
        since = from_us(known[place].since_us) if place in known else now
        Stuck.objects.update_or_create(
            version_id=version_id,
            place=place,
            defaults={"code": problem.code, "zh": problem.zh, "en": problem.en},
            create_defaults={"code": problem.code, "zh": problem.zh, "en": problem.en, "since_us": to_us(since)},
        )
        # The longer it lasts, the less often it is tried.
        until[place] = to_us(clock.wall() + min(max(now - since, _SHORTEST), _LONGEST))
    return until


def hold_back(version_id: int, lease: int, error: Exception) -> None:
    """What is wrong belongs to no step: everybody still held under this lease waits. Opens its own transaction."""
    problem = error if isinstance(error, Problem) else _unforeseen(error)
    with store.write(Lane.TICK):
        until = settle(version_id, {VERSION: problem}, ())[VERSION]
        Run.objects.filter(version_id=version_id, lease_until_us=lease).update(lease_until_us=until)


def _unforeseen(error: Exception) -> Problem:
    # The kind alone: what an error says may be about a person. The log has the rest.
    kind = type(error).__name__
    return Problem(
        "journey.failed",
        zh=f"处理这个版本的客户时出错（{kind}），详情在日志里；系统会自动重试，请告诉管理员",
        en=f"Moving the people of this version failed ({kind}; the log says more); please tell your administrator",
    )
