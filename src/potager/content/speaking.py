"""A script said to one customer: previewed, and used."""

from collections.abc import Mapping
from dataclasses import dataclass

from potager.content import profile
from potager.content.models import Kind, ScriptVersion, State
from potager.content.profile import Profile
from potager.content.queries import state_on
from potager.content.render import Resolver, no_link, render
from potager.content.winning import USED
from potager.core import clock, journal
from potager.core.errors import Conflict, Forbidden, Problem
from potager.core.journal import Fact
from potager.org import audit
from potager.org.access import Actor
from potager.org.models import Role, Staff
from potager.people.models import Customer

SOURCE = "content"


@dataclass(frozen=True, slots=True)
class Said:
    """variant: which text was taken ("text", "new" or "old"); missing: variables without a value or a default."""

    variant: str
    text: str
    missing: tuple[str, ...]


def say(
    kind: str, texts: Mapping[str, str], person: Profile, link: Resolver = no_link, survey: Resolver = no_link
) -> Said:
    """A wording as this customer would read it."""
    variant = ("old" if person.is_old else "new") if kind == Kind.PSYCHOLOGY else "text"
    done = render(texts.get(variant, ""), person.values, link, survey)
    return Said(variant, done.text, done.missing)


def use(actor: Actor, row: ScriptVersion, customer: Customer, said: Said) -> None:
    """Write down that this version was said to a customer; once a business day for each, however often it is copied.

    Raises Forbidden for readers, Conflict for a version that may not be used today, Problem for missing variables.
    """
    if actor.role == Role.READ_ONLY:
        raise Forbidden
    if state_on(row, clock.today()) != State.PUBLISHED:
        raise Conflict(
            "version.state",
            zh="这一版现在不能用：它没有发布，或已经失效",
            en="This version may not be used now: it is not published, or has expired",
        )
    if said.missing:
        names = {each.key: each.zh for each in profile.variables()}
        raise Problem(
            "content.variable",
            zh=f"这位客户没有「{names.get(said.missing[0], said.missing[0])}」：换一条话术，或给变量写上默认值",
            en=f"This customer has no “{said.missing[0]}”: use another script, or give the variable a default",
            place=said.missing[0],
        )
    staff = Staff.objects.filter(id=actor.staff_id).values_list("key", flat=True).first() if actor.staff_id else None
    identity = customer.identities.order_by("id").first()
    fact = used(row, cid=customer.pk, iid=identity.pk if identity else None, staff=staff or "")
    if journal.append([fact]).entries:
        detail = {"kind": row.kind, "version": row.n, "customer": customer.pk}
        audit.record(actor, "script.use", f"script:{row.script.key}", detail)


def used(row: ScriptVersion, *, cid: int, iid: int | None, staff: str) -> Fact:
    """The fact that a version was said to a customer now; the same on one business day is the same fact."""
    return Fact(
        kind="event",
        type=USED,
        source=SOURCE,
        message_id=f"use:{row.pk}:{cid}:{clock.today()}",
        at=clock.now(),
        body={"script": row.script.key, "script_version": row.pk, **({"staff": staff} if staff else {})},
        iid=iid,
        cid=cid,
    )
