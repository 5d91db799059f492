"""Results over HTTP, and the export that leaves a trace."""

import csv
import io

import pytest
from django.test import Client

from potager.core import store
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import AuditRow, Role, Staff
from tests.evidence.people import SOP, assign, buyers


def signed_in(role: Role) -> Client:
    with store.write():
        Staff.objects.get_or_create(key="lin", defaults={"name": "林然"})
        account = accounts.create(
            SYSTEM,
            login=f"a-{role.value}",
            password="right-password",
            role=role,
            staff_key="lin" if role == Role.STAFF else None,
        )
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def earned(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 211), *range(701, 746)), 20_000), cost=8_000)


def test_the_list_holds_what_the_page_of_each_journey_says(earned):
    client = signed_in(Role.READ_ONLY)
    listed = client.get("/api/evidence/journeys").json()
    one = client.get(f"/api/evidence/journeys/{SOP}").json()
    assert listed == {"items": [one], "total": 1}
    assert one["verdict"]["code"] == "gain"
    assert one["figures"][0]["treated"] == {"numerator": 210, "denominator": 700}
    assert one["figures"][0]["per_thousand"]["value"] == pytest.approx(150)
    assert len(one["daily"]) == 14


def test_a_result_as_of_a_day_before_any_window_closed(earned):
    one = signed_in(Role.MANAGER).get(f"/api/evidence/journeys/{SOP}?as_of=2026-10-10").json()
    assert one["people"] == {"treated": 0, "control": 0}
    assert one["left_out"]["open_treated"] == 700
    assert one["verdict"]["code"] == "too_few"


def test_the_export_holds_the_figures_and_is_written_down(earned):
    answer = signed_in(Role.MANAGER).get(f"/api/evidence/journeys/{SOP}/csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert all(None not in row and None not in row.values() for row in rows)
    profit = next(row for row in rows if row["key"] == "profit" and row["section"] == "outcome")
    assert (profit["treated_sum"], profit["treated_people"]) == (str(210 * 12_000), "700")
    assert float(profit["per_thousand"]) == pytest.approx(1_800_000)
    assert [row["day"] for row in rows if row["section"] == "daily" and row["key"] == "gmv"] == [
        str(day) for day in range(1, 14)
    ]
    trace = AuditRow.objects.get(action="evidence.export")
    assert (trace.actor, trace.subject) == ("a-manager", f"journey:{SOP}")
    assert trace.detail == {"as_of": "2026-11-01T04:00:00+00:00"}


def test_readers_cannot_export_and_nothing_is_written(earned):
    assert signed_in(Role.READ_ONLY).get(f"/api/evidence/journeys/{SOP}/csv").status_code == 403
    assert not AuditRow.objects.filter(action="evidence.export").exists()


def test_what_does_not_exist_is_not_found(earned):
    assert signed_in(Role.OWNER).get("/api/evidence/journeys/none").status_code == 404


def test_a_salesperson_does_not_see_results_of_the_whole_house(earned):
    client = signed_in(Role.STAFF)
    assert client.get("/api/evidence/journeys").status_code == 403
    assert client.get(f"/api/evidence/journeys/{SOP}").status_code == 403
    assert Client().get("/api/evidence/journeys").status_code == 401
