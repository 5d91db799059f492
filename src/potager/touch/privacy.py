"""Messages and tasks about a person."""

from collections.abc import Collection, Mapping
from typing import Any

from potager.core.journal import from_us
from potager.touch import changes
from potager.touch.intents import cancel_touches
from potager.touch.models import CapReservation, PersonAct, StaffTask, Touch

_OPEN = StaffTask.State.OPEN


def told(cids: Collection[int]) -> dict[str, list[dict[str, Any]]]:
    """Every message with its life, every staff task, and when the person acted, oldest first."""
    touches = Touch.objects.filter(cid__in=cids).prefetch_related("marks").order_by("created_us", "id")
    tasks = StaffTask.objects.filter(cid__in=cids).order_by("created_us", "id")
    acts = PersonAct.objects.filter(cid__in=cids).order_by("at_us").values_list("at_us", flat=True)
    return {
        "acted_at": [{"at": from_us(at_us)} for at_us in acts],
        "touches": [
            {
                "channel": row.channel,
                "purpose": row.purpose,
                "journey": row.journey,
                "sender": row.sender,
                "text": row.text,
                "state": row.state,
                "due": from_us(row.due_us),
                "life": [
                    {"state": mark.state, "at": from_us(mark.at_us), "reason": mark.reason}
                    for mark in sorted(row.marks.all(), key=lambda mark: (mark.at_us, mark.pk))
                ],
            }
            for row in touches
        ],
        "tasks": [
            {
                "staff": row.staff,
                "title": row.title,
                "instructions": row.instructions,
                "text": row.text,
                "state": row.state,
                "created": from_us(row.created_us),
                "note": row.note,
            }
            for row in tasks
        ],
    }


def erase(cids: Collection[int], keys: Mapping[str, str]) -> None:
    """Cancel what has not gone out, close open tasks, and blank every text written to or about the person."""
    touches, tasks = Touch.objects.filter(cid__in=cids), StaffTask.objects.filter(cid__in=cids)
    cancel_touches(touches, "erased")
    changes.hold()
    PersonAct.objects.filter(cid__in=cids).delete()
    tasks.filter(state=_OPEN).update(state=StaffTask.State.CANCELLED, closed_by="system")
    touches.update(text="", detail={}, missing=[])
    tasks.update(title="", instructions="", text="", note="")
    for old, new in keys.items():
        touches.filter(person_key=old).update(person_key=new)
        CapReservation.objects.filter(person_key=old).update(person_key=new)
