"""potager bench: the measurements run, and both forms they compare give the same."""

import pytest
from click.testing import CliRunner

from potager.cli import bench as module
from potager.cli.main import cli


@pytest.mark.slow
def test_insight_is_measured_beside_the_forms_written_by_hand(capfd):
    ran = CliRunner().invoke(cli, ["bench", "insight", "--customers", "2000", "--events", "50000", "--rounds", "1"])
    said = capfd.readouterr().out
    assert ran.exit_code == 0, said
    ratios = [line for line in said.splitlines() if ", ratio " in line]
    assert [line.split("] ")[1].split(":")[0] for line in ratios] == [
        "full refresh",
        "merge of 10,000 new events into all of them",
        "nested count from tags",
        "nested count from events",
        "funnel of four steps",
        "weekly retention",
    ]
    assert "peak memory" in said


def test_without_the_source_it_says_where_to_run(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_FOLDER", tmp_path)
    ran = CliRunner().invoke(cli, ["bench", "insight"])
    assert ran.exit_code != 0
    assert "bin/potager bench" in str(ran.exception or ran.output)
