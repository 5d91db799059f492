"""potager audiences: overlap, combine, sample, split."""

import json

import pytest
from click.testing import CliRunner, Result
from pyroaring import BitMap

from potager.cli.main import cli
from potager.insight.models import Audience
from potager.org.models import AuditRow
from tests.insight.conftest import Plot, day


@pytest.fixture
def garden(warehouse) -> Plot:
    plot = Plot(warehouse)
    plot.customers(*range(1, 11))
    for key, cids in (("a", range(1, 7)), ("b", range(5, 11))):
        at = day("2026-10-01")
        Audience.objects.create(
            key=key,
            name_zh=key,
            condition={"event": "order_paid"},
            created_at=at,
            frozen_at=at,
            members=BitMap(cids).serialize(),
        )
    return plot


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["audiences", *args], catch_exceptions=False)


def test_overlap(garden):
    assert json.loads(run("overlap", "a", "b", "--json").output) == {
        "audiences": {"a": 6, "b": 6},
        "regions": [{"inside": ["a"], "n": 4}, {"inside": ["b"], "n": 4}, {"inside": ["a", "b"], "n": 2}],
    }
    assert [line.split() for line in run("overlap", "a", "b").output.splitlines()][-1] == ["2", "只在", "a", "&", "b"]


def test_combine_sample_and_split(garden):
    assert json.loads(run("combine", "minus", "c", "a", "b", "--json").output) == {"c": 4}
    assert json.loads(run("combine", "union", "d", "a", "--without", "b", "--live", "--json").output) == {"d": 4}
    assert Audience.objects.get(key="d").frozen_at is None
    assert json.loads(run("sample", "a", "s", "--percent", "50", "--json").output) == {"s": 3}
    assert json.loads(run("split", "a", "t:2", "u", "--json").output) == {"t": 4, "u": 2}
    parts = [BitMap.deserialize(bytes(Audience.objects.get(key=key).members)) for key in ("t", "u")]
    assert (parts[0] | parts[1], parts[0] & parts[1]) == (BitMap(range(1, 7)), BitMap())


def test_run(garden):
    Audience.objects.create(
        key="monthly", name_zh="monthly", condition={"audience": "a"}, created_at=day("2026-10-01"),
        schedule={"every": "month", "at": ["09:00"], "day": 31}, due_at=day("2026-10-31"),
    )  # fmt: skip
    assert json.loads(run("run", "monthly", "--json").output) == {"monthly": 6}
    assert AuditRow.objects.get().action == "audience.run"


def test_mistakes_are_said(garden):
    assert run("sample", "a", "s").exit_code == 2
    assert run("split", "a", "t:many", "u").exit_code == 2
    assert run("export", "a", "members.pdf").exit_code == 2


def test_export_writes_the_file_and_the_audit_trail(garden, tmp_path):
    file = tmp_path / "a.csv"
    assert json.loads(run("export", "a", str(file), "--json").output) == {"a": 6}
    assert file.read_text("utf-8-sig").splitlines()[:2] == ["客户编号,姓名,来源,归属员工", "1,客户1,,"]
    assert AuditRow.objects.get(action="audience.export").subject == "audience:a"
