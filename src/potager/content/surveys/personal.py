"""Invitations: a `{问卷:key}` of a message becomes an address of one person's own."""

from collections.abc import Iterable

from potager.content.links import addresses
from potager.content.links.addresses import SURVEY, url_of
from potager.content.links.personal import Bearer, Letter, Post
from potager.content.render import surveys_of
from potager.content.surveys.models import Invitation, Survey
from potager.content.surveys.queries import survey, usable
from potager.core import clock
from potager.core.bulk import insert_rows
from potager.core.errors import Conflict, Forbidden, Problem
from potager.core.journal import to_us
from potager.org import audit
from potager.org.access import Actor
from potager.org.models import Role, Staff
from potager.people.models import Customer


def post(templates: Iterable[str]) -> Post:
    """What rendering these messages needs to know of surveys: nothing is asked when none names one."""
    keys = {key for template in set(templates) for key in surveys_of(template)}
    if not keys:
        return Post({}, "")
    return Post({key: (row.pk, SURVEY) for key, row in usable(keys).items()}, addresses.base())


def write(letters: Iterable[tuple[Letter, Bearer]]) -> None:
    """Keep the invitations of messages, in the transaction that writes the messages."""
    kept = [(letter, who) for letter, who in letters if letter.tokens]
    if not kept:
        return
    now = to_us(clock.now())
    rows = [
        (
            *(token, id_, who.touch, who.iid, who.cid, who.channel, who.journey, who.sender),
            *(now, now if who.sent else 0, 0, 0),
        )
        for letter, who in kept
        for id_, token in letter.tokens.items()
    ]
    texts, numbers = ("channel", "journey", "sender"), ("created_us", "sent_us", "opened_us", "bots")
    columns = {"token": "text", "survey_id": "bigint", "touch": "bigint", "iid": "bigint", "cid": "integer"}
    columns |= dict.fromkeys(texts, "text") | dict.fromkeys(numbers, "bigint")
    insert_rows(Invitation._meta.db_table, columns, rows)


def hand_out(actor: Actor, key: str, customer: Customer) -> str:
    """The address of a survey for a customer somebody sends it to by hand; asked for again, the same.

    Raises Forbidden for readers, NotFound, Conflict("survey.closed") for one nobody answers today.
    """
    if actor.role == Role.READ_ONLY:
        raise Forbidden
    row = survey(key)
    if not usable([key]):
        raise Conflict(
            "survey.closed",
            zh="这份问卷今天不能答：它没有发布、已经关闭，或不在有效期内",
            en="Nobody answers this survey today: it is not published, closed, or past its days",
            place="key",
        )
    identity = customer.identities.order_by("id").first()
    if identity is None:
        raise Conflict(
            "survey.nobody",
            zh="这位客户的资料已经清除，不能再发给他",
            en="This customer was erased: nothing is sent to them any more",
            place="cid",
        )
    sender = Staff.objects.filter(id=actor.staff_id).values_list("key", flat=True).first() if actor.staff_id else ""
    # The survey's row orders those who ask at once, so that the second finds what the first has made.
    Survey.objects.select_for_update().get(id=row.pk)
    made = Invitation.objects.filter(survey=row, touch=0, iid=identity.pk, sender=sender or "").first()
    if made is not None:
        return url_of(addresses.base(), SURVEY, made.token)
    letter = Letter({key: (row.pk, SURVEY)}, addresses.base(), real=True)
    letter.url(key)
    write([(letter, Bearer(identity.pk, customer.pk, sender=sender or "", sent=True))])
    audit.record(actor, "survey.hand_out", f"survey:{key}", {"customer": customer.pk})
    return url_of(letter.base, SURVEY, letter.tokens[row.pk])


def check(template: str, place: str) -> None:
    """Raises Problem("survey.unknown") for a message that names a survey there is not, or not to be answered."""
    keys = surveys_of(template)
    if not keys:
        return
    known = set(
        Survey.objects.filter(key__in=keys, closed_at=None, version__isnull=False).values_list("key", flat=True)
    )
    for key in keys:
        if key not in known:
            raise Problem(
                "survey.unknown",
                zh=f"没有已发布的问卷「{key}」：请先发布它，或换一份",
                en=f"No survey “{key}” is published: publish it first, or name another",
                place=place,
            )
