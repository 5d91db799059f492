"""The simulator in its own process, and the channels into it."""

import stat
from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.models import House, JournalEntry, Watermark
from potager.people.models import FollowRelation
from potager.people.relations import Follow, begin
from potager.touch import channels, intents
from potager.touch.channels import Unavailable
from potager.touch.channels.simulator import SimulatedChannel, Simulator
from potager.touch.drafts import Intent
from potager.touch.life import State
from potager.touch.models import Touch
from potager.touch.pump import Counts, pump
from potager.touch.simulator import launcher
from tests.touch.conftest import DAY, HOUR, say, state

AT = "2026-11-01T04:00:00+00:00"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulator")
    with launcher.running(folder):
        yield folder


@pytest.fixture
def simulator(home, db):
    """The running simulator as this test's own: persons carry names no other test uses."""
    simulator = Simulator(home)
    simulator.call("/behave", {"staff_confirms": True})
    channels.set_channels([SimulatedChannel("message", simulator), SimulatedChannel("sms", simulator)])
    # A test starts with an empty house beside a store that remembers: read only what is told from here on.
    for key in ("message", "sms"):
        pump_cursor(simulator, key)
    yield simulator
    channels.set_channels([])
    simulator.forget()


def pump_cursor(simulator, key):
    cursor = 0
    while (page := simulator.call("/news", {"channel": key, "after": cursor, "limit": 5_000}))["cursor"] != cursor:
        cursor = page["cursor"]
    Watermark.objects.create(name=f"touch:sim_{key}", seq=cursor)


@pytest.fixture
def persons(people, request):
    for n, customer in enumerate(people):
        customer.person_key = f"{request.node.name[:24]}-{n}"
        customer.save()
    return people


def texts(simulator, customer):
    return [(each["direction"], each["text"]) for each in simulator.phone(customer.person_key)]


def test_a_staff_message_is_confirmed_and_arrives(persons, simulator):
    touch = say(Intent(persons[0].id, "sim_message", "你好，{客户昵称|朋友}", run_id=1, step="a", journey="j"))[0]
    assert pump() == Counts(sent=1, told=2)
    assert state(touch) == State.DELIVERED
    assert texts(simulator, persons[0]) == [("in", "你好，小雨")]
    assert list(JournalEntry.objects.order_by("seq").values_list("type", flat=True)) == [
        "touch_sent",
        "touch_confirmed",
        "touch_delivered",
    ]


def test_an_sms_arrives_at_once_and_costs(persons, simulator):
    touch = say(Intent(persons[0].id, "sim_sms", "到货了", run_id=1, step="a"))[0]
    assert pump() == Counts(sent=1, told=1)
    assert (state(touch), Touch.objects.get(id=touch.id).cost_minor) == (State.DELIVERED, 5)
    told = [(entry.type, entry.body.get("amount")) for entry in JournalEntry.objects.order_by("seq")]
    assert told == [("touch_sent", 5), ("touch_delivered", None)]


def test_a_staff_member_who_waits_can_be_asked_back(persons, simulator):
    simulator.call("/behave", {"staff_confirms": False})
    kept, gone = say(*(Intent(persons[n].id, "sim_message", "在吗", run_id=n + 1, step="a") for n in (0, 1)))
    assert pump().sent == 2
    assert (state(kept), state(gone)) == (State.HANDED_OVER, State.HANDED_OVER)
    with store.write():
        assert intents.cancel([2]) == 0
    assert pump() == Counts(withdrawn=1)
    assert state(gone) == State.CANCELLED
    assert simulator.confirm(clock.now()) == 1
    assert pump() == Counts(told=2)
    assert (state(kept), state(gone)) == (State.DELIVERED, State.CANCELLED)
    assert texts(simulator, persons[1]) == []


def test_a_window_that_closes_over_a_waiting_staff_member_expires(persons, simulator):
    simulator.call("/behave", {"staff_confirms": False})
    touch = say(Intent(persons[0].id, "sim_message", "在吗", run_id=1, step="a"))[0]
    pump()
    pump(clock.now() + DAY)
    assert state(touch) == State.EXPIRED
    assert simulator.confirm(clock.now()) == 0


def test_replies_are_events_and_belong_to_their_touch(persons, simulator):
    touch = say(Intent(persons[0].id, "sim_message", "喜欢吗", run_id=1, step="a"))[0]
    pump()
    token = Touch.objects.get(id=touch.id).token
    later = clock.now() + HOUR
    said = {"kind": "reply", "person": persons[0].person_key, "sender": "lin", "text": "喜欢", "at": later.isoformat()}
    simulator.act([{**said, "token": token}, said])
    assert pump(later) == Counts(told=2)
    assert state(touch) == State.REPLIED
    entries = JournalEntry.objects.filter(type__in=["message_replied", "touch_replied"]).order_by("seq")
    assert [(e.type, e.cid, e.at_us) for e in entries] == [
        (kind, persons[0].id, int(later.timestamp() * 1_000_000))
        for kind in ("message_replied", "message_replied", "touch_replied")
    ]
    assert entries[0].body == {"channel": "sim_message", "staff": "lin"}
    assert texts(simulator, persons[0]) == [("in", "喜欢吗"), ("out", "喜欢"), ("out", "喜欢")]


def test_td_is_an_opt_out_of_that_channel(persons, simulator):
    simulator.act([{"kind": "reply", "channel": "sms", "person": persons[0].person_key, "text": " td ", "at": AT}])
    pump()
    refused, other_way = say(
        Intent(persons[0].id, "sim_sms", "促销", run_id=1, step="a"),
        Intent(persons[0].id, "sim_message", "促销", run_id=1, step="b"),
    )
    assert (refused.state, refused.rule, other_way.state) == (State.SKIPPED, "consent", State.QUEUED)


def test_who_deleted_the_sender_is_lost_and_gets_nothing(persons, staff, simulator):
    with store.write():
        identity = persons[0].identities.get()
        begin([Follow(identity.id, persons[0].id, staff.id, clock.now() - DAY)])
    gone = {"person": persons[0].person_key, "sender": "lin"}
    simulator.act([{**gone, "kind": "delete", "at": AT}])
    pump()
    assert FollowRelation.objects.get().state == "lost"
    touch = say(Intent(persons[0].id, "sim_message", "在吗", run_id=1, step="a"))[0]
    pump()
    assert state(touch) == State.FAILED
    assert Touch.objects.get(id=touch.id).marks.get(state="failed").reason == "not_a_friend"
    simulator.act([{**gone, "kind": "add", "at": (clock.now() + HOUR).isoformat()}])
    pump()
    again = say(Intent(persons[0].id, "sim_message", "欢迎回来", run_id=2, step="a"))[0]
    pump()
    assert state(again) == State.DELIVERED
    assert FollowRelation.objects.filter(state="active").count() == 1


def test_customers_outside_a_world_are_refused(persons, simulator):
    House.objects.update(world_at=None)
    touch = say(Intent(persons[0].id, "sim_sms", "到货了", run_id=1, step="a", purpose="transactional"))[0]
    pump()
    assert state(touch) == State.FAILED
    assert Touch.objects.get(id=touch.id).marks.get(state="failed").reason == "outside_world"
    assert texts(simulator, persons[0]) == []


def test_the_simulator_itself_refuses_messages_without_a_worlds_time(home, simulator):
    import httpx

    at = launcher.address(home)
    parcel = {"sender": "lin", "text": "x", "to": [("t-outside", "p-outside")]}
    answer = httpx.post(f"{at.url}/send", json={"channel": "sms", "batches": [parcel]}, headers=at.headers)
    assert (answer.status_code, answer.json()["message"]) == (
        422,
        "outside_world: messages to real customers are refused",
    )
    assert httpx.post(f"{at.url}/send", json={}).status_code == 401
    assert httpx.post(f"{at.url}/nothing", json={}, headers=at.headers).status_code == 404
    assert simulator.phone("p-outside") == []


def test_the_same_token_again_is_accepted_and_not_sent_again(simulator):
    body = {
        "channel": "message",
        "world_at": AT,
        "batches": [{"sender": "lin", "text": "一次", "to": [("t-once", "p-once"), ("t-twice", "p-once")]}],
    }
    first = simulator.call("/send", body)
    assert simulator.call("/send", body) == first == {"results": {"t-once": "accepted", "t-twice": "accepted"}}
    assert simulator.call("/lookup", {"tokens": ["t-once", "t-never"]}) == {"tokens": ["t-once"]}
    assert len(simulator.phone("p-once")) == 2


def test_two_thousand_messages_in_a_request_take_less_than_200_ms(simulator):
    import time

    batches = [{"sender": "lin", "text": f"第{n}条", "to": [(f"bulk-{n}", f"bulk-{n}")]} for n in range(2_000)]
    took = []
    for _ in range(3):
        start = time.perf_counter()
        simulator.call("/send", {"channel": "message", "world_at": AT, "batches": batches})
        took.append(time.perf_counter() - start)
    assert min(took) < 0.2


def test_one_that_runs_is_reused_and_the_address_is_private(home):
    again = launcher.start(home)
    assert not again.is_ours
    again.stop()
    assert launcher.is_alive(launcher.address(home))
    assert stat.S_IMODE((home / launcher.ADDRESS_FILE).stat().st_mode) == 0o600


def test_it_ends_with_the_one_who_started_it_and_keeps_its_log(tmp_path):
    body = {"channel": "sms", "world_at": AT, "batches": [{"sender": "", "text": "x", "to": [("t", "p")]}]}
    with launcher.running(tmp_path):
        before = launcher.address(tmp_path)
        Simulator(tmp_path).call("/send", body)
    assert not launcher.is_alive(before)
    with launcher.running(tmp_path):
        assert [row["token"] for row in Simulator(tmp_path).call("/log", {"after": 0, "limit": 10})["items"]] == ["t"]


def test_no_simulator_means_later_not_lost(persons, tmp_path):
    channel = SimulatedChannel("sms", Simulator(tmp_path))
    channels.set_channels([channel])
    try:
        touch = say(Intent(persons[0].id, "sim_sms", "到货了", run_id=1, step="a"))[0]
        assert pump() == Counts()
        row = Touch.objects.get(id=touch.id)
        assert (row.state, row.token) == (State.QUEUED, "")
        assert row.lease_until_us > 0
        with pytest.raises(Unavailable):
            channel.lookup(["t"])
        with launcher.running(tmp_path):
            Touch.objects.update(lease_until_us=0)
            pump(clock.now() + timedelta(minutes=1))
            assert state(touch) == State.DELIVERED
    finally:
        channels.set_channels([])


def test_calls_inside_a_write_transaction_are_refused(db, simulator):
    with store.write(), pytest.raises(RuntimeError, match=r"store\.write"):
        simulator.call("/alive", {})
