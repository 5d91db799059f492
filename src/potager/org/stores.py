"""Stores: where staff and customers meet. A key is given once; name and city may change."""

from potager.core.errors import NotFound, Problem
from potager.org import audit, naming
from potager.org.access import Actor
from potager.org.models import Store


def create(actor: Actor, key: str, *, name: str, city: str = "") -> Store:
    """A new store. Raises Problem for a bad key, name or city, Conflict for a taken key."""
    naming.begin(actor)
    key, name, city = naming.check_key(key), naming.check_name(name), naming.check_city(city)
    if Store.objects.filter(key=key).exists():
        raise naming.taken("store", "门店", "store", key)
    row = Store.objects.create(key=key, name=name, city=city)
    audit.record(actor, "store.create", f"store:{key}", {"name": name, "city": city})
    return row


def change(actor: Actor, key: str, *, name: str | None = None, city: str | None = None) -> Store:
    """Change a store's name or city; what is None, or the same, stays."""
    naming.begin(actor)
    row = Store.objects.filter(key=key).first()
    if row is None:
        raise NotFound("门店", "store", key)
    detail: dict[str, object] = {}
    if name is not None and (name := naming.check_name(name)) != row.name:
        detail["name"], row.name = [row.name, name], name
    if city is not None and (city := naming.check_city(city)) != row.city:
        detail["city"], row.city = [row.city, city], city
    if detail:
        row.save()
        audit.record(actor, "store.change", f"store:{key}", detail)
    return row


def named(key: str | None) -> Store | None:
    """The store of this key; None stands for none. Raises Problem("store.unknown")."""
    if key is None:
        return None
    row = Store.objects.filter(key=key).first()
    if row is None:
        raise Problem(
            "store.unknown",
            zh=f"没有门店「{key}」：请先新建它，或检查标识",
            en=f"There is no store “{key}”: create it first, or check the key",
            place="store",
        )
    return row
