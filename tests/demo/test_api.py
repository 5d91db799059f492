"""Moving the world on from the console: owners of a demo world only."""

import pytest
from django.test import Client

from potager.core import jobs, store
from potager.core.models import Job
from potager.demo import keeping
from potager.demo.jobs import ADVANCE
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import AuditRow, Role


@pytest.fixture
def twin_file(house):
    path = keeping.file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    yield path
    path.unlink()


@pytest.fixture
def sign_in(house):
    def _sign_in(role: Role) -> Client:
        with store.write():
            accounts.create(SYSTEM, login=role.value, password="long-enough-word", role=role)
        client = Client()
        client.force_login(accounts.Account.objects.get(login=role.value))
        return client

    return _sign_in


def test_an_owner_asks_for_one_day_once(twin_file, sign_in):
    client = sign_in(Role.OWNER)
    assert client.get("/api/demo/world").json() == {
        "is_world": True,
        "can_advance": True,
        "advancing": False,
        "failed": "",
    }
    for _ in range(2):
        answer = client.post("/api/demo/advance")
        assert (answer.status_code, answer.json()["advancing"]) == (202, True)
    assert Job.objects.filter(kind=ADVANCE).count() == 1
    assert client.get("/api/demo/world").json()["advancing"] is True
    assert AuditRow.objects.filter(action="demo.advance").count() == 2


def test_a_day_that_failed_for_good_says_so_and_can_be_asked_for_again(twin_file, sign_in):
    client = sign_in(Role.OWNER)
    client.post("/api/demo/advance")
    Job.objects.update(failed=True, last_error="no simulator")
    assert client.get("/api/demo/world").json() == {
        "is_world": True,
        "can_advance": True,
        "advancing": False,
        "failed": "no simulator",
    }
    assert client.post("/api/demo/advance").status_code == 202
    assert Job.objects.get(kind=ADVANCE).failed is False


@pytest.mark.parametrize("role", [Role.MANAGER, Role.READ_ONLY])
def test_others_may_look_and_not_move_it(twin_file, sign_in, role):
    client = sign_in(role)
    assert client.get("/api/demo/world").status_code == 200
    assert client.post("/api/demo/advance").status_code == 403
    assert not Job.objects.filter(kind=ADVANCE).exists()


def test_a_world_that_is_not_the_demos_stays_where_it_is(sign_in):
    client = sign_in(Role.OWNER)
    assert client.get("/api/demo/world").json()["can_advance"] is False
    answer = client.post("/api/demo/advance")
    assert (answer.status_code, answer.json()["code"]) == (409, "demo.no_world")
    assert not Job.objects.filter(kind=ADVANCE).exists()


def test_the_job_lives_a_day(monkeypatch):
    lived = []
    monkeypatch.setattr("potager.demo.world.advance_day", lived.append)

    def main_job(*, refresh: bool) -> dict[str, float]:
        return {}

    from potager.demo.jobs import kinds

    handler: jobs.Handler = kinds(main_job)[ADVANCE]
    handler({})
    assert lived == [main_job]
