"""Opening sealed values: always by someone, always written down."""

import base64

from potager.core import crypto
from potager.core.errors import Forbidden, NotFound
from potager.org import audit
from potager.org.access import Actor
from potager.org.models import Role
from potager.people import attributes, queries
from potager.people.models import Identity


def identity(actor: Actor, cid: int, iid: int) -> str:
    """A sealed identity's value in clear, for an actor who may see the customer and is more than a reader."""
    customer = queries.customer(_hand(actor), cid)
    row = Identity.objects.filter(id=iid, customer=customer).exclude(sealed="").first()
    if row is None:
        raise NotFound("加密身份", "sealed identity", iid)
    audit.record(actor, "customer.reveal", f"customer:{customer.id}", {"iid": iid, "type": row.type})
    return crypto.unseal(base64.b64decode(row.sealed), bytes.fromhex(row.value))


def attribute(actor: Actor, cid: int, key: str) -> str:
    """A personal attribute's value in clear, under the same conditions."""
    customer = queries.customer(_hand(actor), cid)
    kept = customer.attrs.get(key)
    if not isinstance(kept, dict):
        raise NotFound("加密属性", "sealed attribute", key)
    audit.record(actor, "customer.reveal", f"customer:{customer.id}", {"attribute": key})
    return attributes.opened(key, kept)


def _hand(actor: Actor) -> Actor:
    if actor.role == Role.READ_ONLY:
        raise Forbidden(zh="只读账号不能查看加密信息", en="A read-only account may not open sealed values")
    return actor
