"""A real SDK against the running server, with answers lost on purpose: all arrives, once."""

import itertools
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from segment.analytics import request as sdk_request
from segment.analytics.client import Client as Segment

from potager.core import store
from potager.core.models import JournalEntry
from potager.facts import loader, write_keys
from potager.org.access import SYSTEM
from potager.people.models import Customer, Identity
from potager.web import wsgi
from potager.web.server import Server

EVENTS = 10_000
PEOPLE = 400
AT = datetime(2026, 10, 1, tzinfo=UTC)


class Unreliable:
    """The application behind a bad line: every third call is refused before it is heard, or its answer is lost.

    lost: 500 after the commit; late: the answer comes when the SDK has given up waiting.
    """

    def __init__(self, application) -> None:
        self._application = application
        self._turn = itertools.count(1)
        self._lock = threading.Lock()
        self.did: Counter[str] = Counter()

    def __call__(self, environ, start_response):
        if not environ["PATH_INFO"].startswith("/v1/"):
            return self._application(environ, start_response)
        with self._lock:
            turn = next(self._turn)
            what = {3: "refused", 6: "lost", 20: "late"}.get(turn % 21, "served")
            self.did[what] += 1
        if what == "refused":
            environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            return self._fail(start_response)
        if what == "lost":
            answer = self._application(environ, lambda *_: None)
            b"".join(answer)
            answer.close()
            return self._fail(start_response)
        if what == "late":
            answer = self._application(environ, start_response)
            time.sleep(2.5)
            return answer
        return self._application(environ, start_response)

    @staticmethod
    def _fail(start_response):
        start_response("500 Internal Server Error", [("Content-Length", "0")])
        return [b""]


@pytest.fixture
def line(monkeypatch) -> Unreliable:
    line = Unreliable(wsgi.application)
    monkeypatch.setattr(wsgi, "application", line)
    return line


@pytest.fixture
def address(transactional_db, warehouse, line):
    server = Server(0, threads=4)
    server.prepare()
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()
    thread.join(60)
    assert not thread.is_alive()


def test_ten_thousand_events_arrive_exactly_once(address, line, warehouse):
    with store.write():
        secret = write_keys.issue(SYSTEM, "shop", name="商城").secret
    failures: list[object] = []
    sdk = Segment(
        secret,
        host=address,
        thread=2,
        max_queue_size=EVENTS + PEOPLE,
        timeout=2,
        upload_size=100,
        upload_interval=0.2,
        gzip=True,
        on_error=lambda error, items: failures.append(error),
    )
    for i in range(PEOPLE):
        sdk.identify(f"u{i}", {"name": f"客人{i}", "phone": f"139{i:08}"}, anonymous_id=f"d{i}")
    for i in range(EVENTS - 1000):
        sdk.track(f"u{i % PEOPLE}", "Button Clicked", {"n": i}, timestamp=AT + timedelta(seconds=i))
    for i in range(1000):
        properties = {"order_id": f"A{i % 500}", "amount": f"{i}.50", "version": 1 + i // 500}
        sdk.track(f"u{i % PEOPLE}", "Order Completed", properties, timestamp=AT + timedelta(seconds=i))
    sdk.flush()
    sdk.join()
    sdk_request._session.close()

    assert failures == []
    assert min(line.did[what] for what in ("refused", "lost", "late")) >= 3, line.did
    kinds = Counter(JournalEntry.objects.filter(source="wk:shop").values_list("kind", flat=True))
    assert kinds == {"event": EVENTS - 1000, "order": 1000}
    numbers = sorted(body["n"] for body in JournalEntry.objects.filter(kind="event").values_list("body", flat=True))
    assert numbers == list(range(EVENTS - 1000))
    assert Customer.objects.filter(state="live").count() == PEOPLE
    assert Identity.objects.count() == 3 * PEOPLE

    loader.load_all()
    events = warehouse.query("SELECT count(*) AS n, count(DISTINCT (k1, k2)) AS k, count(DISTINCT cid) AS c FROM event")
    assert events.to_pylist() == [{"n": EVENTS - 1000, "k": EVENTS - 1000, "c": PEOPLE}]
    orders = warehouse.query("SELECT count(*) AS n, sum(amount)::BIGINT AS s FROM orders").to_pylist()
    # Of each order told twice the second version stands.
    assert orders == [{"n": 500, "s": sum(i * 100 + 50 for i in range(500, 1000))}]
