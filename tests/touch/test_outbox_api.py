"""The outbox over HTTP: counts per state, channel and rule, dead letters, pauses; who sees and who acts."""

import pytest

from potager.core import clock, store
from potager.core.journal import to_us
from potager.org.models import AuditRow, Role
from potager.touch import breaker, channels, outbox, receipts
from potager.touch.breaker import BreakerSetting
from potager.touch.channels import Receipt, Uncertain
from potager.touch.channels.handout import Handout
from potager.touch.life import State
from potager.touch.models import Pause, Touch
from potager.touch.pump import pump
from tests.touch.conftest import DAY, say
from tests.touch.test_api import signed_in
from tests.touch.test_intents import MORNING, NIGHT, message

BASE = "/api/touch/outbox"
JSON = {"content_type": "application/json"}


@pytest.fixture
def manager(people):
    return signed_in(Role.MANAGER)


def get(client, path, **query):
    answer = client.get(f"{BASE}/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


class TestCounts:
    def test_states_by_channel_and_verdicts_by_rule(self, manager, people, paper):
        say(message(people[0]), message(people[0], run=2), message(people[1], run=3))
        pump()
        with store.write():
            receipts.record([Receipt(paper.tokens[0], State.DELIVERED, clock.now())])
        say(message(people[2], run=4, arm="control", shadow=True))
        assert get(manager, "counts") == {
            "since": "2026-10-25T16:00:00Z",
            "states": [
                {"channel": "paper", "state": "delivered", "n": 1},
                {"channel": "paper", "state": "handed_over", "n": 1},
                {"channel": "paper", "state": "skipped", "n": 1},
            ],
            "verdicts": [
                {"verdict": "send", "rule": "", "n": 2},
                {"verdict": "skip", "rule": "cap", "n": 1},
            ],
        }

    def test_a_verdict_that_was_overtaken_is_still_counted(self, manager, people, paper):
        say(message(people[0]), at=NIGHT)
        with clock.frozen(MORNING):
            pump()
            assert get(manager, "counts")["verdicts"] == [
                {"verdict": "defer", "rule": "quiet", "n": 1},
                {"verdict": "send", "rule": "", "n": 1},
            ]

    def test_the_window_is_of_business_dates(self, manager, people, paper):
        say(message(people[0]))
        with clock.frozen(clock.now() + DAY):
            assert (get(manager, "counts", days=1)["states"], len(get(manager, "counts", days=2)["states"])) == ([], 1)
        assert manager.get(f"{BASE}/counts?days=0").status_code == 422


class TestWays:
    def test_what_waits_is_paused_and_rests(self, manager, people, paper):
        say(message(people[0]), message(people[1], run=2, due=clock.now() + DAY))
        admission = breaker.admit("paper", "news")
        assert admission is not None
        breaker.tell(admission, BreakerSetting(calls=2), error="down")
        body = {"paused": True}
        assert manager.put(f"{BASE}/pauses/journey/welcome", body, **JSON).json() == body
        assert manager.put(f"{BASE}/pauses/channel/paper", body, **JSON).json() == body
        ways = get(manager, "ways")
        [channel], [journey] = ways["channels"], ways["journeys"]
        assert (channel["key"], channel["waiting"], channel["queued"]) == ("paper", 2, 1)
        assert channel["oldest"] == clock.now().isoformat().replace("+00:00", "Z")
        assert channel["pause"]["by"] == "a-manager"
        [endpoint] = channel["endpoints"]
        assert [endpoint[key] for key in ("endpoint", "phase", "recent", "error")] == ["news", "open", "x", "down"]
        assert (journey["key"], journey["n"], journey["waiting"], journey["pause"]["by"]) == (
            *("welcome", 1, 2),
            "a-manager",
        )
        assert set(AuditRow.objects.filter(action="touch.pause").values_list("subject", flat=True)) == {
            "journey:welcome",
            "channel:paper",
        }
        manager.put(f"{BASE}/pauses/journey/welcome", {"paused": False}, **JSON)
        assert not Pause.objects.filter(kind="journey").exists()

    def test_a_channel_nobody_knows_is_not_paused(self, manager, paper):
        assert manager.put(f"{BASE}/pauses/channel/pigeon", {"paused": True}, **JSON).status_code == 404
        assert not Pause.objects.exists()


class TestLost:
    @pytest.fixture
    def refused(self, people, paper):
        paper.answers["你好，小雨"] = ("refused", "blacklisted")
        touch = say(message(people[0]))[0]
        outbox.send_due()
        paper.answers.clear()
        return touch.id

    def test_a_dead_letter_says_why_and_is_sent_again_once(self, manager, refused, paper):
        [row] = get(manager, "lost")["items"]
        assert (row["id"], row["why_zh"], row["may_retry"], row["tries"]) == (refused, "blacklisted", True, 1)
        made = manager.post(f"{BASE}/retry", {"ids": [refused]}, **JSON).json()["touches"]
        assert Touch.objects.get(id=made[0]).retry_of == refused
        assert manager.post(f"{BASE}/retry", {"ids": [refused]}, **JSON).json() == {"touches": []}
        assert get(manager, "lost") == {"items": [], "total": 0}

    def test_it_is_filtered_by_channel_and_journey(self, manager, refused):
        for query, total in (({"channel": "paper"}, 1), ({"channel": "sms"}, 0), ({"journey": "x"}, 0)):
            assert get(manager, "lost", **query)["total"] == total

    def test_one_that_may_not_go_again_is_refused_and_nothing_is_sent(self, manager, people, paper):
        touch = say(message(people[0]))[0]
        outbox.send_due()
        with store.write():
            receipts.record([Receipt(paper.tokens[0], State.FAILED, clock.now(), "not_a_friend")])
        assert get(manager, "lost")["items"][0]["may_retry"] is False
        answer = manager.post(f"{BASE}/retry", {"ids": [touch.id]}, **JSON)
        assert (answer.status_code, answer.json()["code"]) == (409, "touch.no_retry")
        assert Touch.objects.count() == 1

    def test_an_unknown_one_is_looked_up(self, manager, people, paper):
        touch = say(message(people[0]))[0]
        paper.trouble, paper.looks_up = Uncertain("timeout"), False
        outbox.send_due()
        Touch.objects.update(lease_until_us=1)
        outbox.send_due()
        [row] = get(manager, "lost", state="unknown")["items"]
        assert (row["id"], row["may_look_up"], row["why_zh"]) == (
            *(touch.id, False),
            "发送途中中断，通道无法确认是否送出",
        )
        paper.looks_up = True
        assert get(manager, "lost", state="unknown")["items"][0]["may_look_up"] is True
        said = manager.post(f"{BASE}/look-up", {"ids": [touch.id]}, **JSON).json()
        assert said == {"found": 0, "absent": 1, "silent": 0}
        [row] = get(manager, "lost")["items"]
        assert (row["why_zh"], row["may_retry"]) == ("查询过：通道确定没有收到", True)


class TestRoles:
    ACTS = (
        ("post", "retry", {"ids": [1]}),
        ("post", "look-up", {"ids": [1]}),
        ("put", "pauses/channel/paper", {"paused": True}),
    )

    def test_readers_see_and_do_not_act(self, people, paper):
        reader = signed_in(Role.READ_ONLY)
        for path in ("counts", "ways", "lost"):
            get(reader, path)
        for method, path, body in self.ACTS:
            assert getattr(reader, method)(f"{BASE}/{path}", body, **JSON).status_code == 403
        assert not Pause.objects.exists()

    def test_staff_see_none_of_it(self, people, staff):
        client = signed_in(Role.STAFF, staff)
        for path in ("counts", "ways", "lost"):
            assert client.get(f"{BASE}/{path}").status_code == 403
        for method, path, body in self.ACTS:
            assert getattr(client, method)(f"{BASE}/{path}", body, **JSON).status_code == 403


def test_simulated_channels_stand_in_a_world_alone(manager, house):
    from potager.assembly import CHANNELS

    before = list(channels.installed().values())
    channels.set_channels(CHANNELS)
    shown = [row["key"] for row in get(manager, "ways")["channels"]]
    channels.set_channels(before)
    assert shown == (["handout", "sim_message", "sim_sms"] if clock.is_world() else [Handout.key])


def test_oldest_is_when_the_first_of_the_queued_was_due(manager, people, paper):
    say(message(people[0]), at=MORNING - DAY)
    say(message(people[1], run=2), at=MORNING - DAY / 2)
    assert get(manager, "ways")["channels"][0]["oldest"] == "2026-11-01T00:30:00Z"
    assert Touch.objects.filter(due_us=to_us(MORNING - DAY)).exists()
