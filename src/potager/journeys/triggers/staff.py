"""Staff at the times of a schedule: the morning meeting, the hourly report, the round of follow-ups."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from potager.core.errors import Problem
from potager.insight.fields import Fields
from potager.journeys.faults import fault
from potager.journeys.parts import Part, Subject
from potager.journeys.triggers.schedule import Schedule
from potager.journeys.triggers.trigger import Calendar
from potager.org import queries
from potager.org.models import Role, Staff


class Roster(Part):
    """Who of those who work here now; what is not said leaves nobody out.

    departments  keys, with the departments below them
    stores       keys
    roles        of their accounts
    """

    departments: list[str] = []
    stores: list[str] = []
    roles: list[Role] = []

    def people(self) -> list[Staff]:
        """Those it means as the organisation stands now, by key."""
        return list(queries.roster(departments=self.departments, stores=self.stores, roles=self.roles))

    def problems(self, place: str) -> Iterator[Problem]:
        """Departments and stores there are not, or nobody who is meant."""
        known = {
            "departments": {each.department.key for each in queries.departments()},
            "stores": {store.key for store in queries.stores()},
        }
        unknown = [(part, key) for part, keys in known.items() for key in getattr(self, part) if key not in keys]
        for part, key in unknown:
            yield fault(
                "roster_unknown",
                f"{place}.{part}",
                f"组织里没有「{key}」；请在设置里建好，或改选别的部门、门店",
                f"The organisation has no “{key}”; add it in the settings or choose another",
            )
        if not unknown and not self.people():
            yield fault(
                "roster_empty",
                place,
                "没有在职员工符合这些条件；请放宽部门、门店或角色",
                "Nobody who works here fits; choose more departments, stores or roles",
            )


class OnStaff(Part, Calendar):
    """These staff members, whenever the schedule says."""

    KIND: ClassVar[str] = "staff"
    SUBJECTS: ClassVar[frozenset[Subject]] = frozenset({"staff"})

    staff: Roster
    schedule: Schedule

    def name(self) -> str:
        who = hashlib.sha256(self.staff.model_dump_json().encode()).hexdigest()[:12]
        return f"staff:{who}@{self.schedule.said()}"[:120]

    def slots(self, now: datetime) -> Sequence[datetime]:
        newest = self.schedule.latest_slot(now)
        return [] if newest is None else [newest]

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:  # noqa: ARG002
        yield from self.staff.problems(f"{place}.staff")
        yield from self.schedule.problems(place)
