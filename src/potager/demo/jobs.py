"""Moving the world on in the background."""

from collections.abc import Mapping

from potager.core import jobs
from potager.demo import world
from potager.demo.world import MainJob

ADVANCE = "demo.advance"


def kinds(main_job: MainJob) -> Mapping[str, jobs.Handler]:
    """The job kinds of this room; `main_job` is the assembly's."""

    def advance(payload: Mapping[str, object]) -> None:  # noqa: ARG001  (every handler takes its payload)
        world.advance_day(main_job)

    return {ADVANCE: advance}
