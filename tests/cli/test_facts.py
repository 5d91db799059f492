"""`potager import` and `potager warehouse rebuild`."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from potager.cli.main import cli
from tests.facts.feeding import rows
from tests.facts.imports.test_dirty import DIRTY, MAPPING


@pytest.fixture
def file(warehouse, tmp_path):
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(MAPPING, allow_unicode=True))
    path = tmp_path / "orders.csv"
    path.write_bytes(DIRTY.encode("gb18030"))
    return path


def call(*arguments):
    done = CliRunner().invoke(cli, [str(each) for each in arguments])
    assert done.exit_code == 0, (done.output, done.exception)
    return done


def test_import_dry_run_then_for_real_then_rebuild(warehouse, file):
    mapping = ["--as", "orders", "--mapping", file.with_name("map.yaml")]
    dry = call("import", file, *mapping, "--dry-run")
    assert "read 12  would_load 4  duplicate 1  rejected 7" in dry.stdout
    assert "line 7  付款时间" in dry.stderr
    assert json.loads(call("import", file, *mapping, "--dry-run", "--json").stdout) == {
        "read": 12,
        "would_load": 4,
        "duplicate": 1,
        "rejected": 7,
    }
    assert rows(warehouse, "SELECT count(*) FROM orders") == [(0,)]
    done = json.loads(call("import", file, *mapping, "--json").stdout)
    assert {key: done[key] for key in ("read", "loaded", "duplicate", "rejected")} == {
        "read": 12,
        "loaded": 4,
        "duplicate": 1,
        "rejected": 7,
    }
    assert len(Path(done["rejects"]).read_text("utf-8-sig").splitlines()) == 8
    again = call("import", file, *mapping)
    assert "read 12  loaded 0  duplicate 5  rejected 7" in again.stdout
    assert "rejects" in again.stderr
    assert call("warehouse", "rebuild").stdout.startswith("warehouse: up to ")


def test_without_a_mapping_the_guess_is_printed(file):
    text = call("import", file, "--as", "orders").stdout
    assert text.startswith("# csv gb18030 columns:\n#   订单号\n")
    assert yaml.safe_load(text)["fields"]["order_no"] == "订单号"
