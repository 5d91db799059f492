"""Personal links: a `{link:key}` of a message becomes an address of one person's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from potager.content.links import addresses
from potager.content.links.addresses import NOBODY, new_token, url_of
from potager.content.links.models import Link, PersonalLink
from potager.content.links.queries import link as named
from potager.content.links.queries import usable
from potager.content.render import links_of
from potager.core import clock
from potager.core.bulk import insert_rows
from potager.core.errors import Conflict, Forbidden, Problem
from potager.core.journal import to_us
from potager.org import audit
from potager.org.access import Actor
from potager.org.models import Role, Staff
from potager.people.models import Customer


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whose a personal link is, and by which message it comes; sent: by hand, just now."""

    iid: int
    cid: int
    touch: int = 0
    channel: str = ""
    journey: str = ""
    sender: str = ""
    sent: bool = False


@dataclass(slots=True)
class Letter:
    """The links of one message while it is rendered. `real`: somebody gets it, so that each needs a token."""

    known: Mapping[str, tuple[int, str]]
    base: str
    real: bool
    tokens: dict[int, str] = field(default_factory=dict)

    def url(self, key: str) -> str | None:
        """What stands for the link of this key: the same wherever the message names it; None when it opens for
        nobody."""
        if key not in self.known:
            return None
        id_, kind = self.known[key]
        token = self.tokens.setdefault(id_, new_token()) if self.real else NOBODY
        return url_of(self.base, kind, token)


@dataclass(frozen=True, slots=True)
class Post:
    """The links that some messages name, read once for all of them."""

    known: Mapping[str, tuple[int, str]]
    base: str

    def letter(self, *, real: bool) -> Letter:
        return Letter(self.known, self.base, real)


def post(templates: Iterable[str]) -> Post:
    """What rendering these messages needs to know of links: nothing is asked when none names one."""
    keys = {key for template in set(templates) for key in links_of(template)}
    if not keys:
        return Post({}, "")
    rows = usable(clock.today()).filter(key__in=keys).values_list("key", "id", "kind")
    return Post({key: (id_, kind) for key, id_, kind in rows}, addresses.base())


def write(letters: Iterable[tuple[Letter, Bearer]]) -> None:
    """Keep the personal links of messages, in the transaction that writes the messages."""
    kept = [(letter, who) for letter, who in letters if letter.tokens]
    if not kept:
        return
    now = to_us(clock.now())
    rows = [
        (token, id_, who.touch, who.iid, who.cid, who.channel, who.journey, who.sender, now, now if who.sent else 0)
        for letter, who in kept
        for id_, token in letter.tokens.items()
    ]
    columns = {
        "token": "text",
        "link_id": "bigint",
        "touch": "bigint",
        "iid": "bigint",
        "cid": "integer",
        "channel": "text",
        "journey": "text",
        "sender": "text",
        "created_us": "bigint",
        "sent_us": "bigint",
    }
    # SQLite knows no defaults of columns Django made.
    zeros = dict.fromkeys(("opens", "bots", "first_us", "last_us", "seconds"), "bigint")
    insert_rows(PersonalLink._meta.db_table, columns | zeros, [(*row, 0, 0, 0, 0, 0) for row in rows])


def hand_out(actor: Actor, key: str, customer: Customer) -> str:
    """The address of a link for a customer somebody sends it to by hand; asked for again, the same.

    Raises Forbidden for readers, NotFound, Conflict("link.closed") for one that does not open today.
    """
    if actor.role == Role.READ_ONLY:
        raise Forbidden
    row = named(key)
    if not usable(clock.today()).filter(id=row.pk).exists():
        raise Conflict(
            "link.closed",
            zh="这个链接今天打不开：它停用了，或已经过了有效期",
            en="This link does not open today: it is retired, or past its last day",
            place="key",
        )
    identity = customer.identities.order_by("id").first()
    if identity is None:
        raise Conflict(
            "link.nobody",
            zh="这位客户的资料已经清除，不能再发给他",
            en="This customer was erased: nothing is sent to them any more",
            place="cid",
        )
    sender = Staff.objects.filter(id=actor.staff_id).values_list("key", flat=True).first() if actor.staff_id else ""
    # The link's row orders those who ask at once, so that the second finds what the first has made.
    Link.objects.select_for_update().get(id=row.pk)
    made = PersonalLink.objects.filter(link=row, touch=0, iid=identity.pk, sender=sender or "").first()
    if made is None:
        letter = Letter({key: (row.pk, row.kind)}, addresses.base(), real=True)
        letter.url(key)
        write([(letter, Bearer(identity.pk, customer.pk, sender=sender or "", sent=True))])
        audit.record(actor, "link.hand_out", f"link:{key}", {"customer": customer.pk})
        return url_of(letter.base, row.kind, letter.tokens[row.pk])
    return url_of(addresses.base(), row.kind, made.token)


def check(template: str, place: str) -> None:
    """Raises Problem("link.unknown") for a message that names a link there is not, or not any more."""
    keys = links_of(template)
    if not keys:
        return
    known = set(Link.objects.filter(key__in=keys, retired_at=None).values_list("key", flat=True))
    for key in keys:
        if key not in known:
            raise Problem(
                "link.unknown",
                zh=f"没有在用的链接「{key}」：请到内容雷达新建，或换一个",
                en=f"No link “{key}” is in use: make it under Tracked links, or name another",
                place=place,
            )
