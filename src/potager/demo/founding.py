"""The brand's own people and places in a new house: departments, stores, staff, accounts."""

from potager.core import house, store
from potager.core.store import Lane
from potager.demo import brand, clearing
from potager.demo.clockwork import morning
from potager.demo.parameters import Parameters
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import Department, Role, Staff, Store

ZONE, CURRENCY = "Asia/Shanghai", "CNY"
PASSWORD = "potager-demo"  # noqa: S105  (printed by bin/up: the demo's sign-in is public)
ACCOUNTS = (("owner", Role.OWNER, None), ("manager", Role.MANAGER, None), ("viewer", Role.READ_ONLY, None))
STAFF_LOGIN = ("staff", brand.STAFF[24].key)


def found(parameters: Parameters) -> None:
    """Found the house as a world standing on the first replayed morning, with everybody who works there."""
    with store.write(Lane.WEB):
        house.found(brand.NAME, zone=ZONE, currency=CURRENCY, world_at=morning(parameters.replay_day))
        clearing.mark()
        _organise()
        for login, role, staff_key in (*ACCOUNTS, (STAFF_LOGIN[0], Role.STAFF, STAFF_LOGIN[1])):
            accounts.create(SYSTEM, login=login, password=PASSWORD, role=role, staff_key=staff_key)


def _organise() -> None:
    departments: dict[str, Department] = {}
    for key, (name, parent) in brand.DEPARTMENTS.items():
        above = departments[parent] if parent else None
        departments[key] = Department.objects.create(key=key, name=name, parent=above)
    stores = {shop.key: Store.objects.create(key=shop.key, name=shop.name, city=shop.city) for shop in brand.STORES}
    Staff.objects.bulk_create(
        Staff(
            key=member.key,
            name=member.name,
            department=departments[member.department],
            store=stores.get(member.store),
        )
        for member in brand.STAFF
    )
