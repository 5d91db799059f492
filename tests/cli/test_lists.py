"""potager lists: what there is, a file put in, one taken out."""

import json

import pytest
from click.testing import CliRunner, Result

from potager.cli.main import cli
from potager.insight.models import UploadedList
from potager.org.models import AuditRow
from tests.insight.conftest import Plot


@pytest.fixture
def file(warehouse, tmp_path):
    Plot(warehouse).customers(*range(1, 6))
    path = tmp_path / "people.csv"
    path.write_text("cid\n1\n2\n2\n77\n")
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(cli, ["lists", *map(str, args)], catch_exceptions=False)


def test_put_list_and_remove(file):
    told = json.loads(run("put", "vip-2026", file, "--dry-run", "--json").output)
    assert (told["found"], told["missing"], told["doubled"], told["kind"]) == (2, 1, 1, "cid")
    assert not UploadedList.objects.exists()
    assert run("put", "vip-2026", file, "--name", "贵宾").exit_code == 0
    file.write_text("cid\n3\n")
    assert json.loads(run("put", "vip-2026", file, "--json").output)["found"] == 1
    [row] = json.loads(run("--json").output)
    assert {key: row[key] for key in ("key", "name_zh", "n", "uploads", "used_by")} == {
        "key": "vip-2026", "name_zh": "贵宾", "n": 1, "uploads": 2, "used_by": [],
    }  # fmt: skip
    assert run().output.split() == ["1", "vip-2026", "贵宾", "people.csv"]
    assert json.loads(run("remove", "vip-2026", "--json").output) == {"removed": "vip-2026"}
    assert [row.action for row in AuditRow.objects.order_by("id")] == ["list.create", "list.replace", "list.remove"]


def test_lines_not_found_are_said(file):
    output = run("put", "vip", file).output
    assert "第 5 行  没有这样的客户  77" in output
    assert "第 4 行  与第 3 行是同一位客户" in output
