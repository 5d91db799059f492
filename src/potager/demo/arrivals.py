"""The twin's people through the house's door: identities, what is known of them, whose friends they are."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np
from django.db.models import QuerySet

from potager.core import store
from potager.core.store import Lane
from potager.demo import brand
from potager.demo.clockwork import at
from potager.demo.parameters import date_of
from potager.demo.people import Population, external_userid, member_no, openid, phone
from potager.demo.telling import Register
from potager.org.access import SYSTEM
from potager.org.models import Staff
from potager.people import attributes, customers, identify, relations
from potager.people.identify import IdentityRef
from potager.people.models import Identity, Source

BATCH = 1_000
T = TypeVar("T")
_SKINS = tuple(brand.SKINS.values())
_ATTRIBUTES: tuple[tuple[str, str, str, str, list[str]], ...] = (
    ("skin_type", "肤质", "Skin type", "choice", list(_SKINS)),
    ("gender", "性别", "Gender", "choice", ["女", "男"]),
    ("birthday", "生日", "Birthday", "date", []),
    ("city", "城市", "City", "text", []),
)


def prepare() -> None:
    """Declare what will be said of customers, and where they come from."""
    with store.write(Lane.WEB):
        for key, zh, en, kind, options in _ATTRIBUTES:
            attributes.define(SYSTEM, key, name_zh=zh, name_en=en, kind=kind, options=options)
        Source.objects.bulk_create(
            Source(key=origin.key, name_zh=origin.name, name_en=origin.name_en) for origin in brand.SOURCES
        )


def arrive(people: Population, who: Iterable[int]) -> None:
    """These people add their staff member on WeCom, with all the identities they are known by."""
    staff = dict(Staff.objects.values_list("key", "id"))
    owners = [staff[member.key] for member in brand.STAFF]
    for some in _batches(who):
        times = [at(int(people.joined[i]), int(people.joined_at[i])) for i in some]
        sources = [brand.SOURCES[people.source[i]].key for i in some]
        with store.write(Lane.IMPORT):
            known = identify.resolve([_claim(people, i) for i in some], at=times, source=sources)
            customers.put(
                SYSTEM,
                [
                    customers.Said(each.iid, each.cid, when, _known_of(people, i))
                    for i, when, each in zip(some, times, known, strict=True)
                ],
            )
            relations.begin(
                [
                    relations.Follow(each.iid, each.cid, owners[people.owner[i]], when, source)
                    for i, when, source, each in zip(some, times, sources, known, strict=True)
                ]
            )


def register(people: Population) -> Register:
    """The numbers the house knows these people by now; 0 for those who have not come yet."""
    found = Register(*(np.zeros(len(people), dtype=np.int64) for _ in range(3)))
    _fill(found, _identities())
    return found


def note(known: Register, who: Sequence[int]) -> None:
    """Learn the numbers of these people, who have just come."""
    names = [name(i) for i in who for name in (external_userid, openid)]
    _fill(known, _identities().filter(value__in=names))


def _identities() -> QuerySet[Identity]:
    return Identity.objects.filter(type__in=("external_userid", "openid"), realm__in=(brand.CORP, brand.SHOP))


def _fill(known: Register, identities: QuerySet[Identity]) -> None:
    rows = identities.values_list("type", "value", "id", "customer_id")
    for kind, value, iid, cid in rows.iterator(chunk_size=10_000):
        if (i := _number(value)) >= len(known.cid):
            continue
        if kind == "external_userid":
            known.chat[i], known.cid[i] = iid, cid
        else:
            known.shop[i] = iid


def people_of(cids: Iterable[int], known: Register) -> dict[int, int]:
    """cid → person, for those of these customers who are the twin's."""
    wanted = set(cids)
    return {int(cid): i for i, cid in enumerate(known.cid) if cid and int(cid) in wanted}


def _number(value: str) -> int:
    """The person behind one of the twin's identities; beyond everybody for anybody else's."""
    digits = value[-8:]
    return int(digits) if digits.isdigit() else 1 << 62


def _claim(people: Population, i: int) -> list[IdentityRef]:
    claim = [
        IdentityRef("external_userid", brand.CORP, external_userid(i)),
        IdentityRef("openid", brand.SHOP, openid(i)),
    ]
    if people.member[i]:
        claim.append(IdentityRef("member_no", brand.SHOP, member_no(i)))
    if people.has_phone[i]:
        claim.append(IdentityRef("phone", "", phone(i)))
    return claim


def _known_of(people: Population, i: int) -> dict[str, object]:
    """What a staff member writes down at the first talk."""
    born = date_of(int(people.joined[i]) - int(people.birthday[i]))
    return {
        "name": people.name(i),
        "owner": brand.STAFF[people.owner[i]].key,
        "skin_type": _SKINS[people.skin[i]],
        "gender": "女" if people.female[i] else "男",
        "birthday": born.isoformat(),
        "city": brand.CITIES[people.city[i]],
    }


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    it = iter(rows)
    while some := list(islice(it, BATCH)):
        yield some
