"""journeys.triggers.api: a program says who enters, row by row, and telling twice enters once."""

import base64

import pytest

from potager.core import store
from potager.facts import write_keys
from potager.journeys import entering
from potager.journeys.models import Run
from potager.org.access import SYSTEM
from potager.org.models import Account, AuditRow, Role
from potager.people.models import Customer, Identity
from tests.journeys.conftest import HELLO
from tests.journeys.test_subscriber import keys

SEAT = {"id": "hello", "message": {"text": "您的座位是{event.seat|待定}", "purpose": "service"}}


@pytest.fixture
def open_(garden):
    garden.publish(entry="each", triggers=[{"api": True}], steps=[SEAT])
    with store.write():
        garden.secret = write_keys.issue(SYSTEM, "shop", name="商城", realm="mall").secret
    return garden


def call(client, garden, *people: dict, key: str = "welcome", secret: str | None = None, status: int = 200) -> dict:
    basic = base64.b64encode(f"{secret or garden.secret}:".encode()).decode()
    answer = client.post(
        f"/api/journeys/{key}/enter",
        {"people": list(people)},
        content_type="application/json",
        headers={"Authorization": f"Basic {basic}", "Accept-Language": "en"},
    )
    assert answer.status_code == status, answer.content
    return answer.json()


def outcomes(answer: dict) -> list[str]:
    return [row["outcome"] for row in answer["people"]]


def test_a_program_lets_people_enter_and_messages_say_what_it_said(open_, client):
    cid = open_.person()
    answer = call(client, open_, {"entry_key": "A1", "cid": cid, "properties": {"seat": "8A"}})
    assert answer == {
        "entered": 1,
        "again": 0,
        "refused": 0,
        "people": [{"outcome": "entered", "code": "", "message": "", "place": ""}],
    }
    assert keys(cid) == ["api:A1"]
    open_.later(seconds=1)
    assert open_.texts(cid) == ["您的座位是8A"]
    row = AuditRow.objects.get(action="journey.enter")
    assert (row.actor, row.detail) == ("write-key:shop", {"entered": 1, "again": 0, "refused": 0})


def test_telling_twice_enters_once(open_, client):
    cid = open_.person()
    told = {"entry_key": "A1", "cid": cid}
    assert outcomes(call(client, open_, told, told)) == ["entered", "again"]
    assert outcomes(call(client, open_, told, {"entry_key": "A2", "cid": cid})) == ["again", "entered"]
    assert keys(cid) == ["api:A1", "api:A2"]


def test_by_an_identity_in_the_realm_of_the_key_or_another(open_, client):
    one, other = open_.person(), open_.person()
    Identity.objects.create(type="member_no", realm="mall", value="M7", customer_id=one, home_cid=one, first_us=0)
    friend = Identity.objects.get(type="external_userid", customer_id=other).value
    answer = call(
        client,
        open_,
        {"entry_key": "1", "identity": {"type": "member_no", "value": "M7"}},
        {"entry_key": "1", "identity": {"type": "external_userid", "value": friend, "realm": "corp"}},
        {"entry_key": "1", "identity": {"type": "member_no", "value": "M7", "realm": "elsewhere"}},
    )
    assert outcomes(answer) == ["entered", "entered", "refused"]
    assert (keys(one), keys(other)) == (["api:1"], ["api:1"])
    assert answer["people"][2]["code"] == "journey.enter_unknown"


def test_a_merged_customer_is_the_one_they_were_merged_into(open_, client):
    one, gone = open_.person(), open_.person()
    Customer.objects.filter(id=gone).update(state="merged", merged_into_id=one)
    assert outcomes(call(client, open_, {"entry_key": "1", "cid": gone})) == ["entered"]
    assert keys(one) == ["api:1"]


@pytest.mark.parametrize(
    ("row", "code", "place"),
    [
        ({}, "journey.enter_who", "people[1]"),
        ({"cid": 1, "identity": {"type": "member_no", "value": "1"}}, "journey.enter_who", "people[1]"),
        ({"cid": 99}, "journey.enter_unknown", "people[1]"),
        ({"identity": {"type": "phone", "value": "1"}}, "people.identity", "people[1].identity"),
        ({"identity": {"type": "nickname", "value": "x"}}, "people.identity", "people[1].identity"),
        ({"cid": 1, "properties": {"Seat": "8A"}}, "journey.enter_property", "people[1].properties.Seat"),
        ({"cid": 1, "properties": {"seat": ["8A"]}}, "journey.enter_property", "people[1].properties.seat"),
        ({"cid": 1, "properties": {"seat": "8" * 501}}, "journey.enter_property", "people[1].properties.seat"),
        ({"cid": 1, "properties": {"event": "x"}}, "journey.enter_property", "people[1].properties.event"),
        (
            {"cid": 1, "properties": {f"p{n}": n for n in range(21)}},
            "journey.enter_properties",
            "people[1].properties",
        ),
    ],
)
def test_a_bad_row_is_refused_by_itself(open_, client, row, code, place):
    cid = open_.person()
    if row.get("cid") == 1:
        row = row | {"cid": cid}
    answer = call(client, open_, {"entry_key": "1", "cid": cid}, {"entry_key": "2"} | row)
    assert outcomes(answer) == ["entered", "refused"]
    assert (answer["people"][1]["code"], answer["people"][1]["place"]) == (code, place)
    assert answer["people"][1]["message"]
    assert keys(cid) == ["api:1"]


def test_once_is_once_and_a_gap_is_kept(garden, client):
    garden.publish(triggers=[{"api": True}], steps=[HELLO])
    garden.publish(key="often", entry="each", gap="1d", triggers=[{"api": True}], steps=[HELLO])
    with store.write():
        garden.secret = write_keys.issue(SYSTEM, "shop", name="商城").secret
    cid = garden.person()
    rows = [{"entry_key": "1", "cid": cid}, {"entry_key": "2", "cid": cid}]
    assert outcomes(call(client, garden, *rows)) == ["entered", "again"]
    answer = call(client, garden, *rows, key="often")
    assert outcomes(answer) == ["entered", "refused"]
    assert (answer["people"][1]["code"], answer["people"][1]["place"]) == ("journey.enter_gap", "people[1]")


def test_who_may_and_into_what(open_, client):
    open_.publish(key="closed", triggers=[{"manual": True}], steps=[HELLO])
    cid = open_.person()
    row = {"entry_key": "1", "cid": cid}
    assert call(client, open_, row, secret="wk_wrong", status=401)["code"] == "ingest.write_key"
    assert call(client, open_, row, key="closed", status=409)["code"] == "journey.no_api"
    call(client, open_, row, key="nowhere", status=404)
    body = {"people": [row]}

    def signed_in() -> int:
        return client.post("/api/journeys/welcome/enter", body, content_type="application/json").status_code

    assert signed_in() == 401
    client.force_login(Account.objects.create(login="looks", role=Role.READ_ONLY))
    assert signed_in() == 403
    client.force_login(Account.objects.create(login="boss", role=Role.MANAGER))
    assert signed_in() == 200
    assert keys(cid) == ["api:1"]


def test_sizes_and_rate_are_bounded(open_, client, monkeypatch):
    cid = open_.person()
    rows = [{"entry_key": str(n), "cid": cid} for n in range(entering.MOST_ROWS + 1)]
    call(client, open_, *rows, status=422)
    call(client, open_, status=422)
    assert not Run.objects.exists()
    monkeypatch.setattr(entering, "MOST_CALLS", 2)
    for n in (1, 2):
        call(client, open_, {"entry_key": str(n), "cid": cid})
    assert call(client, open_, {"entry_key": "3", "cid": cid}, status=429)["code"] == "journey.enter_rate"
    assert keys(cid) == ["api:1", "api:2"]
