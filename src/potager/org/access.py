"""Who is asking, and what they may do."""

from dataclasses import dataclass

from django.http import HttpRequest

from potager.core.errors import Forbidden, Problem
from potager.org.models import Account, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts: an account, or the system itself (`SYSTEM`). `staff_id` limits what role staff sees."""

    login: str
    role: Role
    staff_id: int | None = None

    @property
    def sees_all(self) -> bool:
        return self.role != Role.STAFF

    def may_write(self) -> bool:
        return self.role in {Role.OWNER, Role.MANAGER}


SYSTEM = Actor("system", Role.OWNER)


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in account as an actor.

    Raises Problem("auth.required", 401) when nobody is signed in.
    """
    account = request.user
    if not isinstance(account, Account) or not account.is_active:
        raise Problem("auth.required", zh="请先登录", en="Please sign in first", status=401)
    return Actor(account.login, Role(account.role), account.staff_id)


def require_write(actor: Actor) -> None:
    """Owners and managers may change definitions and customers in bulk; raises Forbidden for others."""
    if not actor.may_write():
        raise Forbidden(zh="只有所有者和经理可以做这个改动", en="Only owners and managers may change this")


def require_all(actor: Actor) -> None:
    """Numbers about all customers are for those who see all customers; raises Forbidden for staff."""
    if not actor.sees_all:
        raise Forbidden(
            zh="这些数字包含全部客户，您的角色只能看自己的客户",
            en="These numbers are about all customers: your role sees its own",
        )


def require_owner(actor: Actor) -> None:
    """Accounts, keys and house settings belong to the owner; raises Forbidden for others."""
    if actor.role != Role.OWNER:
        raise Forbidden(zh="只有所有者可以做这个改动", en="Only the owner may change this")
