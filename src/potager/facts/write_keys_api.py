"""Write keys over HTTP, for the owner."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, Field

from potager.core import store
from potager.facts import write_keys
from potager.facts.models import WriteKey
from potager.org.access import actor_of, require_owner

router = Router(tags=["facts"])


class WriteKeyOut(BaseModel):
    key: str
    name: str
    realm: str
    hint: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: WriteKey) -> "WriteKeyOut":
        return cls(
            key=row.key,
            name=row.name,
            realm=row.realm,
            hint=row.hint,
            created_at=row.created_at,
            created_by=row.created_by,
            revoked_at=row.revoked_at,
        )


class WriteKeyIssued(WriteKeyOut):
    """`secret` is shown this once: the user name of Basic auth, or an SDK's write key."""

    secret: str


class WriteKeyIn(BaseModel):
    """`realm`: the shop or app whose user ids and order numbers it sends; the key itself when empty."""

    key: str
    name: str = Field("", max_length=100)
    realm: str = Field("", max_length=64)


@router.get("", response=list[WriteKeyOut], summary="Write keys, the ones in use first (owner only)")
def list_write_keys(request: HttpRequest) -> list[WriteKeyOut]:
    require_owner(actor_of(request))
    return [WriteKeyOut.of(row) for row in write_keys.listed()]


@router.post("", response={201: WriteKeyIssued}, summary="Issue a write key; its secret is in this answer only")
def issue_write_key(request: HttpRequest, body: WriteKeyIn) -> Status[WriteKeyIssued]:
    actor = actor_of(request)
    with store.write():
        issued = write_keys.issue(actor, body.key, name=body.name, realm=body.realm)
    return Status(201, WriteKeyIssued(**dict(WriteKeyOut.of(issued.key)), secret=issued.secret))


@router.delete("/{key}", response=WriteKeyOut, summary="Revoke a write key (owner only)")
def revoke_write_key(request: HttpRequest, key: str) -> WriteKeyOut:
    actor = actor_of(request)
    with store.write():
        return WriteKeyOut.of(write_keys.revoke(actor, key))
