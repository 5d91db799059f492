"""The one place that wires rooms together: routers, journal subscribers, job kinds, channels."""

from collections.abc import Mapping, Sequence

from ninja import Router

from potager import daily
from potager.content.api import router as content
from potager.content.links import follow as link_follow
from potager.content.surveys import follow as survey_follow
from potager.core import jobs, journal, store
from potager.core.store import Lane
from potager.demo import jobs as demo_jobs
from potager.demo.api import router as demo
from potager.evidence import arms
from potager.evidence.api import router as evidence
from potager.facts import jobs as facts_jobs
from potager.facts.api import router as facts
from potager.facts.write_keys_api import router as write_keys
from potager.goals.api import router as goals
from potager.insight import jobs as insight_jobs
from potager.insight import present, tags
from potager.insight.api import router as insight
from potager.journeys import hurry as journey_hurry
from potager.journeys import jobs as journey_jobs
from potager.journeys import queries as journey_queries
from potager.journeys import subscriber
from potager.journeys.api import router as journeys
from potager.org.api import router as org
from potager.people.api import router as people
from potager.touch import channels, clicks, follow, retries
from potager.touch import hurry as touch_hurry
from potager.touch import jobs as touch_jobs
from potager.touch.api import router as touch
from potager.touch.channels.handout import Handout
from potager.touch.channels.simulator import SimulatedChannel, Simulator
from potager.touch.outbox_api import router as outbox
from potager.touch.rules.holdout import set_holdout

# Mounted under /api/<name>.
ROUTERS: Mapping[str, Router] = {
    "demo": demo,
    "content": content,
    "evidence": evidence,
    "facts": facts,
    "facts/write-keys": write_keys,
    "goals": goals,
    "journeys": journeys,
    "insight": insight,
    "org": org,
    "people": people,
    "touch": touch,
    "touch/outbox": outbox,
}


def _hurry(entries: Sequence[journal.Entry]) -> None:  # noqa: ARG001  (every subscriber takes them)
    """Facts are there to load, and perhaps somebody to move and something to send."""
    jobs.hurry("facts.load", journey_hurry.TICK, touch_hurry.SEND)


def _load(payload: Mapping[str, object]) -> int:
    """What came may give somebody another tag, layer or audience."""
    moved = facts_jobs.load(payload)
    if moved:
        with store.write(Lane.TICK):
            jobs.hurry("insight.refresh")
    return moved


# Who hears of accepted facts, in this order, inside the append transaction.
SUBSCRIBERS: Sequence[journal.Subscriber] = (
    tags.follow,
    link_follow.on_entries,
    survey_follow.on_entries,
    follow.on_entries,
    clicks.on_entries,
    subscriber.on_entries,
    _hurry,
)

JOB_KINDS: Mapping[str, jobs.Handler] = {
    **facts_jobs.KINDS,
    "facts.load": _load,
    **insight_jobs.KINDS,
    **touch_jobs.KINDS,
    **journey_jobs.KINDS,
    **demo_jobs.kinds(daily.main_job),
}

PERIODIC: Sequence[jobs.Periodic] = (
    *facts_jobs.PERIODIC,
    *insight_jobs.PERIODIC,
    *touch_jobs.PERIODIC,
    *journey_jobs.PERIODIC,
)

# The ways out, and the phones of a simulated world.
SIMULATOR = Simulator()
CHANNELS: Sequence[channels.Channel] = (
    Handout(),
    SimulatedChannel("message", SIMULATOR),
    SimulatedChannel("sms", SIMULATOR),
)


def assemble() -> None:
    """Make this process a house. Called once at the start of every surface and test run."""
    journal.set_subscribers(SUBSCRIBERS)
    jobs.set_handlers(JOB_KINDS, PERIODIC)
    channels.set_channels(CHANNELS)
    set_holdout(arms.held_out)
    retries.set_ended(journey_queries.left_early)
    present.set_written_elsewhere([journey_queries.written])
