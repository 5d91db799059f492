"""What journeys need to know of the people in them, set-wise."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from potager.core import clock
from potager.people import attributes
from potager.people.models import Attribute, Customer
from potager.touch import settings
from potager.touch.people import zone_of

FIRST_SEEN = "first_seen"


def owners(cids: Collection[int]) -> dict[int, str]:
    """The staff key of each customer's owner, where there is one who still works here."""
    return dict(Customer.objects.filter(id__among=cids, owner__active=True).values_list("id", "owner__key"))


def zones(cids: Collection[int]) -> dict[int, ZoneInfo]:
    """The time zone each customer lives in, as the contact policy reads it; the house's when they said none."""
    key = settings.policy().zone_attr
    rows = Customer.objects.filter(id__among=cids).values_list("id", f"attrs__{key}")
    return {cid: zone_of(zone) if isinstance(zone, str) and zone else clock.zone() for cid, zone in rows}


def date_attributes() -> set[str]:
    """The dates a person can have, personal ones included."""
    return {FIRST_SEEN, *(key for key, each in attributes.declared().items() if each.kind == Attribute.Kind.DATE)}


def dates(attribute: str, cids: Collection[int]) -> dict[int, date]:
    """A date attribute of these customers, where they have it; `first_seen` is the business date we first saw them."""
    people = Customer.objects.filter(id__among=cids)
    if attribute == FIRST_SEEN:
        seen = people.filter(first_seen_at__isnull=False).values_list("id", "first_seen_at")
        return {cid: at.astimezone(clock.zone()).date() for cid, at in seen if at}
    kept = people.values_list("id", f"attrs__{attribute}")
    plain = {cid: attributes.opened(attribute, each) if isinstance(each, dict) else each for cid, each in kept}
    return {cid: date.fromisoformat(str(value)[:10]) for cid, value in plain.items() if value}
