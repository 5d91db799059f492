"""The brand's staff at their task lists: most of what is asked of them gets done, some of it never."""

from potager.core import clock, store
from potager.core.journal import to_us
from potager.core.store import Lane
from potager.demo import brand
from potager.demo.arrivals import people_of
from potager.demo.people import Population
from potager.demo.telling import Register
from potager.insight import tags
from potager.org.access import Actor
from potager.org.models import Role, Staff
from potager.touch import tasks
from potager.touch.models import StaffTask

# Of a hundred tasks so many are done; so many more are said not to have been done; the rest runs out of time.
DONE, REFUSED = 84, 8
# What a newcomer's adviser writes down of the answer about their skin.
NEED_TAG, NEED_STEP = "skin_need", "note-need"
_NEEDS = {"dry": "dry", "oily": "oily", "combination": "oily", "sensitive": "sensitive", "normal": "aging"}


def work(people: Population, register: Register) -> int:
    """Staff go through what is open and due; returns how many tasks they closed."""
    open_now = StaffTask.objects.filter(state=StaffTask.State.OPEN, due_us__lte=to_us(clock.now())).order_by("id")
    waiting = list(open_now)
    if not waiting:
        return 0
    actors = {row.key: Actor(row.key, Role.STAFF, row.pk) for row in Staff.objects.all()}
    persons = people_of((task.cid for task in waiting if task.cid is not None), register)
    closed = 0
    for task in waiting:
        who = persons.get(task.cid or 0)
        if who is None or (mood := (who * 37 + len(task.step)) % 100) >= DONE + REFUSED:
            continue
        closed += 1
        with store.write(Lane.WEB):
            if mood >= DONE:
                tasks.complete(actors[task.staff], task.pk, "not_done", "客户暂时不方便")
                continue
            if task.step == NEED_STEP:
                tags.add(actors[task.staff], [int(register.cid[who])], NEED_TAG, _need(people, who))
            tasks.complete(actors[task.staff], task.pk, "done")
    return closed


def _need(people: Population, who: int) -> str:
    return _NEEDS[list(brand.SKINS)[people.skin[who]]]
