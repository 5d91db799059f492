"""Two who claim the same people at once make them once, on both stores."""

import threading

from django.db import connection

from potager.core import journal, store
from potager.core.journal import Fact
from potager.people.identify import resolve
from potager.people.models import Customer, Identity
from tests import journalled
from tests.people.conftest import AT, phone, user


def test_the_same_claims_in_many_threads_make_each_person_once(transactional_db, house):
    claims = [[user(f"u{i}"), phone(f"138{i // 2:08}")] for i in range(40)]
    found: list[list[int]] = []
    ready = threading.Barrier(4)

    def run(number: int) -> None:
        try:
            ready.wait(10)
            for start in range(0, 40, 10):
                some = claims[start : start + 10]
                with store.write():
                    cids = resolve(some, at=[AT] * 10)
                    journal.append(
                        [
                            Fact("event", "seen", "test", f"{number}:{start + i}", AT, {}, iid=one.iid, cid=one.cid)
                            for i, one in enumerate(cids)
                        ]
                    )
            found.append([one.cid for one in resolved(claims)])
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert all(each == found[0] for each in found)
    assert (Identity.objects.count(), Customer.objects.filter(state="live").count()) == (60, 40)
    facts = [entry.fact for entry in journalled.entries(0, 10_000) if entry.fact.kind == "event"]
    assert len(facts) == 160


def resolved(claims):
    with store.write():
        return resolve(claims, at=[AT] * len(claims))
