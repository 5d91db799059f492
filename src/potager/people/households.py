"""客户主体: people who decide, buy and use together, with their roles."""

from collections.abc import Sequence
from dataclasses import dataclass

from potager.core.bulk import insert_rows
from potager.core.errors import Problem
from potager.people.models import Household, HouseholdMember

ROLES = ("member", "decider", "buyer", "user", "child")


@dataclass(frozen=True, slots=True)
class Membership:
    """The person behind an identity belongs to a household, in a role."""

    iid: int
    cid: int
    household: str
    role: str = "member"


def join(memberships: Sequence[Membership]) -> None:
    """Store memberships, making households not known before; a role said again replaces the one before.

    Raises Problem("people.household_role") naming the roles there are.
    """
    for each in memberships:
        if each.role not in ROLES:
            raise Problem(
                "people.household_role",
                zh=f"家庭角色「{each.role}」应为 {'、'.join(ROLES)} 之一",
                en=f"The household role “{each.role}” must be one of {', '.join(ROLES)}",
                place="role",
            )
    keys = {each.household for each in memberships}
    insert_rows(
        Household._meta.db_table,
        {"key": "text", "name": "text"},
        [(key, "") for key in sorted(keys)],
        on_conflict="ON CONFLICT DO NOTHING",
    )
    ids = dict(Household.objects.filter(key__in=keys).values_list("key", "id"))
    rows = {(ids[each.household], each.iid): (each.cid, each.role) for each in memberships}
    insert_rows(
        HouseholdMember._meta.db_table,
        {"household_id": "bigint", "identity_id": "bigint", "customer_id": "integer", "role": "text"},
        [(*key, *value) for key, value in rows.items()],
        on_conflict="ON CONFLICT (household_id, identity_id) DO UPDATE SET role = excluded.role",
    )


def name(key: str, text: str) -> None:
    """Name a household that exists."""
    Household.objects.filter(key=key).update(name=text[:200])
