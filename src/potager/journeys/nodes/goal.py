from collections.abc import Sequence
from typing import ClassVar
from zoneinfo import ZoneInfo

from potager.core.bulk import update_rows
from potager.core.journal import to_us
from potager.journeys.models import Run
from potager.journeys.nodes.node import Act, Acting, Here, Writing
from potager.journeys.parts import END, Part
from potager.journeys.walker import Effect, Knowing, Walker


class Goal(Part, Acting):
    """Whoever comes here has reached the goal: it counts as their conversion, once, inside the journey's window."""

    KIND: ClassVar[str] = "goal"

    def take(self, here: Here, group: Sequence[Walker], known: Knowing, zone: ZoneInfo) -> None:  # noqa: ARG002
        for walker in group:
            walker.effect = Effect(walker.go(here.next, self.KIND, "intended"), self)
            if here.next == END:
                walker.ended = self.KIND

    @classmethod
    def write(cls, acts: "Sequence[Act[Goal]]", writing: Writing) -> None:
        """Note the conversion. It is a measure and nothing done to the person: a shadow run counts like any other."""
        runs = [act.walker.run_id for act in acts]
        counted = set(Run.objects.filter(id__among=runs, converted_us__isnull=False).values_list("id", flat=True))
        reached: list[tuple[int, int]] = []
        for act in acts:
            if act.walker.run_id in counted:
                act.passed.outcome = "again"
            elif act.passed.at >= act.walker.entered + writing.window:
                act.passed.outcome = "past_window"
            else:
                act.passed.outcome = "reached"
                reached.append((act.walker.run_id, to_us(act.passed.at)))
        update_rows(Run._meta.db_table, {"converted_us": "bigint"}, reached)
