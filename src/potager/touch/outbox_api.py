"""The outbox over HTTP: counts, dead letters, pauses."""

from collections.abc import Sequence
from typing import Literal

from django.http import HttpRequest
from ninja import Query, Router

from potager.core import clock, store
from potager.core.errors import NotFound
from potager.core.paging import PageQuery, page_of
from potager.org.access import actor_of, require_all, require_write
from potager.people.models import Customer
from potager.touch import board, pauses, retries, schemas
from potager.touch import outbox_schemas as out
from potager.touch.channels import installed
from potager.touch.channels.simulator import SimulatedChannel
from potager.touch.models import Pause, Touch
from potager.touch.people import senders

router = Router(tags=["touch"])


@router.get("/counts", response=out.Counts, summary="What became of the messages of the last days, today included")
def get_counts(request: HttpRequest, days: out.Days = 7) -> out.Counts:
    require_all(actor_of(request))
    start = board.since(days)
    return out.Counts.of(start, board.tallies(start), board.ruled(start))


@router.get("/ways", response=out.Ways, summary="Channels and journeys: what waits, what is paused, what rests")
def get_ways(request: HttpRequest, days: out.Days = 7) -> out.Ways:
    require_all(actor_of(request))
    world = clock.is_world()
    channels = [
        out.WayOut.of(way, installed()[way.key])
        for way in board.ways()
        if world or not isinstance(installed()[way.key], SimulatedChannel)
    ]
    return out.Ways(channels=channels, journeys=[out.SpeakingOut.of(row) for row in board.journeys(board.since(days))])


@router.get("/lost", response=out.LostPage, summary="Messages that failed for good, or of which nobody knows")
def list_lost(
    request: HttpRequest,
    page: Query[PageQuery],
    state: Literal["failed", "unknown"] = "failed",
    channel: str | None = None,
    journey: str | None = None,
) -> out.LostPage:
    require_all(actor_of(request))
    rows, total = page_of(board.lost(state, channel=channel, journey=journey), page)
    return out.LostPage(items=_lost(rows), total=total)


@router.post("/retry", response=out.Retried, summary="Send dead letters again, each once")
def retry(request: HttpRequest, body: out.Ids) -> out.Retried:
    actor = actor_of(request)
    require_write(actor)
    with store.write():
        made = retries.retry(actor, body.ids)
    return out.Retried(touches=made)


@router.post("/look-up", response=out.LookedUpOut, summary="Ask the channels once more about unknown messages")
def look_up(request: HttpRequest, body: out.Ids) -> out.LookedUpOut:
    actor = actor_of(request)
    require_write(actor)
    said = retries.look_up(actor, body.ids)
    return out.LookedUpOut(found=said.found, absent=said.absent, silent=said.silent)


@router.put("/pauses/{kind}/{key}", response=out.Paused, summary="Pause a channel or a journey, or let it go on")
def put_pause(request: HttpRequest, kind: Literal["channel", "journey"], key: str, body: out.Paused) -> out.Paused:
    actor = actor_of(request)
    require_write(actor)
    if kind == "channel" and key not in installed():
        raise NotFound("渠道", "channel", key)
    with store.write():
        pauses.put(actor, Pause.Kind(kind), key, paused=body.paused)
    return body


def _lost(rows: Sequence[Touch]) -> list[out.LostOut]:
    names = {key: name for key, (name, _) in senders({row.sender for row in rows}).items()}
    customers = dict(Customer.objects.filter(id__in={row.cid for row in rows}).values_list("id", "name"))
    may = retries.may_retry(rows)
    return [
        out.LostOut(
            **schemas.TouchOut.of(row, names, customers).model_dump(),
            tries=row.tries,
            may_retry=row.id in may,
            may_look_up=_looks_up(row),
        )
        for row in rows
    ]


def _looks_up(row: Touch) -> bool:
    channel = installed().get(row.channel)
    return row.state == "unknown" and channel is not None and channel.capabilities.looks_up
