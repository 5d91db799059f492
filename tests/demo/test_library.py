"""The demo's script library: written by one, reviewed by another, used day by day, the same on every run."""

import pytest

from potager.content.models import Faq, Folder, Persona, Script, ScriptVersion
from potager.core import store
from potager.core.models import JournalEntry
from potager.demo import brand, library
from potager.org.models import Account, Role, Staff
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Customer


@pytest.fixture
def filled(house) -> None:
    for login, role in (("owner", Role.OWNER), ("manager", Role.MANAGER)):
        Account.objects.create(login=login, role=role)
    Staff.objects.bulk_create(Staff(key=member.key, name=member.name) for member in brand.STAFF)
    with store.write():
        library.fill()


def test_twelve_scripts_two_personas_five_questions_in_folders_of_three_axes(filled):
    assert (Script.objects.count(), Persona.objects.count(), Faq.objects.count()) == (12, 2, 5)
    assert set(Folder.objects.values_list("axis", flat=True)) == {"stage", "psychology", "product"}
    assert [row.staff.count() for row in Persona.objects.order_by("key")] == [6, 4]
    kinds = set(ScriptVersion.objects.filter(state="published").values_list("kind", flat=True))
    assert kinds == {"stage", "psychology", "profile"}
    assert list(ScriptVersion.objects.filter(state="in_review").values_list("script__key", flat=True)) == ["birthday"]
    assert not ScriptVersion.objects.filter(state="published", reviewed_by="manager").exists()


def test_staff_say_scripts_to_some_customers_each_day_once(filled):
    with store.write():
        resolve([[IdentityRef("member_no", "shop", str(n))] for n in range(200)])
        Customer.objects.update(owner=Staff.objects.first())
    library.use(3)
    first = list(JournalEntry.objects.filter(type="script_used").order_by("seq").values_list("cid", "body"))
    assert 6 <= len(first) <= 7
    assert len({body["script_version"] for _, body in first}) == len(first)
    library.use(3)
    assert JournalEntry.objects.filter(type="script_used").count() == len(first)
