"""The simulated platform from inside: its store, its HTTP face, its start and its end."""

import io
import json
import os
import socket
import sys
import threading
import time

import httpx
import pytest

from potager.core import store as operations
from potager.touch.channels import Unavailable, Uncertain
from potager.touch.channels.simulator import SimulatedChannel, Simulator
from potager.touch.simulator import __main__ as program
from potager.touch.simulator import launcher
from potager.touch.simulator.app import Application
from potager.touch.simulator.store import Store

AT = "2026-11-01T04:00:00+00:00"


@pytest.fixture
def platform(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def parcel(*to, sender="lin", text="你好"):
    return {"sender": sender, "text": text, "to": [list(each) for each in to]}


def news(platform, channel="message", after=0):
    return platform.news(channel, after, 100)


class TestStore:
    def test_a_message_is_sent_once_per_token_and_told_in_order(self, platform):
        for _ in range(2):
            assert platform.send("message", [parcel(("t1", "p1"))], AT) == {"t1": "accepted"}
        said = news(platform)
        assert [row[:2] for row in said["receipts"]] == [("t1", "staff_confirmed"), ("t1", "delivered")]
        assert news(platform, after=said["cursor"]) == {"cursor": said["cursor"], "receipts": [], "inbound": []}
        assert [row["token"] for row in platform.log(0, 10)] == ["t1"]
        assert platform.log(platform.log(0, 10)[0]["seq"], 10) == []

    def test_the_same_token_twice_in_a_request_is_one_message(self, platform):
        platform.send("sms", [parcel(("t1", "p1")), parcel(("t1", "p1"))], AT)
        assert len(platform.log(0, 10)) == 1

    def test_staff_who_wait_confirm_or_are_asked_back(self, platform):
        assert platform.behave({"staff_confirms": False}) == 1
        platform.send("message", [parcel(("t1", "p1"), ("t2", "p2"), ("t3", "p3"))], AT)
        assert news(platform)["receipts"] == []
        assert platform.cancel(["t1", "never"]) == ["t1"]
        assert platform.confirm(["t2", "t1"], AT) == 1
        assert platform.cancel(["t1", "t2"]) == ["t1"]
        assert platform.confirm(None, AT) == 1
        assert [len(platform.phone(person)) for person in ("p1", "p2", "p3")] == [0, 1, 1]

    def test_sms_does_not_wait_for_staff_nor_for_friendship(self, platform):
        platform.behave({"staff_confirms": False})
        platform.people_act([{"kind": "delete", "person": "p1", "sender": "lin", "at": AT}])
        assert platform.send("sms", [parcel(("t1", "p1"))], AT) == {"t1": "accepted"}
        assert platform.send("message", [parcel(("t2", "p1"))], AT) == {"t2": "not_a_friend"}
        assert platform.send("message", [parcel(("t3", "p1"), sender="wang")], AT) == {"t3": "accepted"}
        platform.people_act([{"kind": "add", "person": "p1", "sender": "lin", "at": AT}])
        assert platform.send("message", [parcel(("t2", "p1"))], AT) == {"t2": "accepted"}

    def test_what_people_do_is_told_per_channel(self, platform):
        platform.people_act(
            [
                {"kind": "reply", "person": "p1", "sender": "lin", "text": "在", "token": "t1", "at": AT},
                {"kind": "reply", "person": "p1", "channel": "sms", "text": "退订", "at": AT},
            ]
        )
        assert [row[1:] for row in news(platform)["inbound"]] == [("reply", "p1", "lin", "在", "t1", AT)]
        assert [row[1:] for row in news(platform, "sms")["inbound"]] == [("reply", "p1", "", "退订", "", AT)]

    def test_it_remembers_across_a_restart(self, platform, tmp_path):
        platform.send("sms", [parcel(("t1", "p1"))], AT)
        platform.close()
        again = Store(tmp_path)
        assert again.lookup(["t1", "t2"]) == ["t1"]
        again.close()


class TestHttp:
    @pytest.fixture
    def ask(self, platform):
        app = Application(platform, "secret")

        def ask(path, body, *, secret="secret", method="POST"):
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            environ = {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "CONTENT_LENGTH": str(len(raw)),
                "HTTP_AUTHORIZATION": f"Bearer {secret}",
                "wsgi.input": io.BytesIO(raw),
            }
            heard = []
            data = b"".join(app(environ, lambda status, headers: heard.append(status)))
            return int(heard[0][:3]), json.loads(data)

        return ask

    def test_every_call(self, ask):
        sent = {"channel": "message", "world_at": AT, "batches": [parcel(("t1", "p1"))]}
        assert ask("/alive", {}) == (200, {"alive": True})
        assert ask("/behave", {"staff_confirms": False}) == (200, {"behaves": 1})
        assert ask("/send", sent) == (200, {"results": {"t1": "accepted"}})
        assert ask("/lookup", {"tokens": ["t1"]}) == (200, {"tokens": ["t1"]})
        assert ask("/confirm", {"at": AT}) == (200, {"confirmed": 1})
        assert ask("/cancel", {"tokens": ["t1"]}) == (200, {"tokens": []})
        assert ask("/act", {"acts": []}) == (200, {"heard": 0})
        assert len(ask("/news", {"channel": "message", "after": 0, "limit": 9})[1]["receipts"]) == 2
        assert [item["text"] for item in ask("/phone", {"person": "p1"})[1]["items"]] == ["你好"]
        assert [item["token"] for item in ask("/log", {"after": 0, "limit": 9})[1]["items"]] == ["t1"]

    def test_refusals(self, ask):
        assert ask("/alive", {}, secret="guess") == (401, {"code": "token"})
        assert ask("/nothing", {})[0] == ask("/alive", {}, method="GET")[0] == 404
        assert ask("/lookup", b"{")[0] == ask("/lookup", {})[0] == 422
        assert ask("/send", {"channel": "sms", "batches": [parcel(("t", "p"))]})[0] == 422
        assert ask("/log", {"after": 0, "limit": 9}) == (200, {"items": []})


def test_the_program_serves_until_standard_input_closes(tmp_path, monkeypatch):
    read, write = os.pipe()
    monkeypatch.setattr(sys, "argv", ["simulator", "--home", str(tmp_path), "--with-parent"])
    alive = []

    def parent():
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not alive:
            at = launcher.address(tmp_path)
            if at is not None and launcher.is_alive(at):
                alive.append(at)
            time.sleep(0.02)
        os.close(write)

    with os.fdopen(read) as pipe:
        monkeypatch.setattr(sys, "stdin", pipe)
        watcher = threading.Thread(target=parent)
        watcher.start()
        program.main()
        watcher.join()
    assert len(alive) == 1
    assert not launcher.is_alive(alive[0])


class TestClient:
    @pytest.fixture
    def server(self, tmp_path):
        """A socket that answers whatever it is told to, under the address the simulator would have."""
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        (tmp_path / launcher.ADDRESS_FILE).write_text(json.dumps({"port": port, "secret": "s", "pid": 0}))
        yield listener
        listener.close()

    @staticmethod
    def answer(listener, data: bytes) -> threading.Thread:
        def serve():
            peer, _ = listener.accept()
            with peer:
                peer.recv(65_536)
                if data:
                    peer.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        return thread

    def test_a_call_that_breaks_off_is_uncertain_a_question_can_be_asked_again(self, server, tmp_path):
        for ask, trouble in ((Simulator(tmp_path).phone, Uncertain), (self.channel(tmp_path).lookup, Unavailable)):
            thread = self.answer(server, b"")
            with pytest.raises(trouble):
                ask("p1")
            thread.join()

    def test_another_program_on_its_port_is_not_it(self, server, tmp_path):
        thread = self.answer(server, b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        with pytest.raises(Unavailable, match="moved"):
            Simulator(tmp_path).phone("p1")
        thread.join()

    @pytest.mark.parametrize(
        ("status", "trouble"),
        [(429, Unavailable), (503, Unavailable), (500, Uncertain), (422, httpx.HTTPStatusError)],
    )
    def test_what_it_answers_instead_is_told_apart(self, server, tmp_path, status, trouble):
        head = f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        thread = self.answer(server, head.encode())
        with pytest.raises(trouble, match=str(status)):
            Simulator(tmp_path).call("/send", {})
        thread.join()

    def test_nobody_there_is_certain(self, server, tmp_path):
        server.close()
        with pytest.raises(Unavailable):
            Simulator(tmp_path).phone("p1")

    def test_a_write_transaction_may_not_wait_for_it(self, db, tmp_path):
        with operations.write(), pytest.raises(RuntimeError, match=r"store\.write"):
            Simulator(tmp_path).phone("p1")

    @staticmethod
    def channel(home):
        return SimulatedChannel("sms", Simulator(home))


def test_one_that_does_not_start_is_an_error_not_a_wait(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="did not start"):
        launcher.start(tmp_path)
