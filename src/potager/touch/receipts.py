"""What channels tell: receipts move touches, and what people do towards us becomes events."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from potager.core import journal, store
from potager.core.journal import Fact, to_us
from potager.core.models import Watermark
from potager.core.store import Lane
from potager.org.access import SYSTEM
from potager.org.models import Staff
from potager.people import consent, relations
from potager.people.consent import Stated
from potager.people.models import FollowRelation
from potager.people.relations import Follow, Loss
from potager.touch import changes, handover, settings
from potager.touch.changes import Change
from potager.touch.channels import Channel, Inbound, Receipt, Unavailable
from potager.touch.life import State
from potager.touch.models import Touch
from potager.touch.people import Addressee, by_person_key
from potager.touch.words import is_opt_out

PAGE = 5_000


def record(receipts: Sequence[Receipt]) -> int:
    """Write receipts down, in any order and as often as they come; returns how many touches moved.

    Must be called inside store.write. A receipt for a token nobody here gave is no news.
    """
    changes.hold()
    ids = _touches({receipt.token for receipt in receipts})
    return changes.apply(
        [
            Change(ids[receipt.token], receipt.state, to_us(receipt.at), receipt.reason)
            for receipt in receipts
            if receipt.token in ids
        ]
    )


def pull(channel: Channel) -> int:
    """Fetch the next page of what the channel has to tell and write it down; returns how many items it held.

    The cursor moves in the transaction that writes the page, so a crash repeats it and repeating changes nothing.
    """
    name = f"touch:{channel.key}"
    after = Watermark.objects.filter(name=name).values_list("seq", flat=True).first() or 0
    try:
        news = handover.ask(channel, "news", lambda: channel.news(after, PAGE))
    except Unavailable:
        return 0
    if news.cursor <= after:
        return 0
    with store.write(Lane.INGEST):
        record(news.receipts)
        hear(channel, news.inbound)
        Watermark.objects.update_or_create(name=name, defaults={"seq": news.cursor})
    return len(news.receipts) + len(news.inbound)


def hear(channel: Channel, inbound: Sequence[Inbound]) -> None:
    """Answers, refusals, deletions and returns of people known here. Their words stay with the channel."""
    if not inbound:
        return
    people = by_person_key({each.person_key for each in inbound})
    words = settings.policy().opt_out_words
    meant = [_meant(each, channel.key, words) for each in inbound]
    known = [(each, people[each.person_key]) for each in meant if each.person_key in people]
    journal.append([_replied(channel, each, who) for each, who in known if each.kind == "reply"])
    record([Receipt(each.token, State.REPLIED, each.at) for each, _ in known if each.kind == "reply" and each.token])
    consent.record(
        SYSTEM,
        [
            Stated(who.iid, who.cid, channel.key, "marketing", allowed=False, at=each.at, source="reply")
            for each, who in known
            if each.kind == "opt_out" and who.iid is not None
        ],
    )
    staff = dict(Staff.objects.filter(key__in={each.sender for each in inbound}).values_list("key", "id"))
    relations.begin(
        [
            Follow(who.iid, who.cid, staff[each.sender], each.at, source=channel.key)
            for each, who in known
            if each.kind == "add" and each.sender in staff and who.iid is not None
        ]
    )
    _lose([(each, staff[each.sender]) for each, _ in known if each.kind == "delete" and each.sender in staff])


def _meant(each: Inbound, channel: str, words: Mapping[str, Collection[str]]) -> Inbound:
    """An answer that is nothing but a word of opting out is no answer."""
    is_word = each.kind == "reply" and is_opt_out(each.text, channel, words)
    return replace(each, kind="opt_out") if is_word else each


def _lose(deleted: Sequence[tuple[Inbound, int]]) -> None:
    """A deletion ends every active relation of the person with the staff member, through whichever identity."""
    at = {(each.person_key, staff): each.at for each, staff in deleted}
    active = FollowRelation.objects.filter(
        state=FollowRelation.State.ACTIVE,
        customer__person_key__in={person for person, _ in at},
        staff_id__in={staff for _, staff in at},
    ).values_list("customer__person_key", "staff_id", "identity_id")
    relations.end([Loss(iid, staff, at[person, staff]) for person, staff, iid in active if (person, staff) in at])


def _replied(channel: Channel, each: Inbound, who: Addressee) -> Fact:
    body = {"channel": channel.key, "staff": each.sender}
    return Fact("event", "message_replied", f"touch:{channel.key}", each.id, each.at, body, iid=who.iid, cid=who.cid)


def _touches(tokens: set[str]) -> dict[str, int]:
    return dict(Touch.objects.filter(token__among=tokens).exclude(token="").values_list("token", "id"))
