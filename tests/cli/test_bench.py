"""potager bench: the measurements run, and both forms they compare give the same."""

import json
import os
import socket
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from potager.cli import bench as module
from potager.cli.main import cli

POSTGRES = os.environ.get("POTAGER_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")


def answers(url: str) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), timeout=2):
            return True
    except OSError:
        return False


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


@pytest.mark.slow
@pytest.mark.skipif(not answers(POSTGRES), reason="the house of a million runs is on PostgreSQL")
def test_people_walk_through_the_house_of_a_million_runs(capfd):
    sizes = ["--runs", "400", "--seconds", "1", "--idle", "0", "--compared", "0"]
    ran = CliRunner().invoke(cli, ["bench", "journeys", *sizes])
    said = capfd.readouterr()
    assert ran.exit_code == 0, said.err
    house = json.loads(said.out)["house"]
    # Half of them looked at the product, and skip a message; those of the last second are at their first.
    assert house["done"] == 400
    assert house["steps"] == 200 * 6 + 200 * 5
    assert house["messages"] == {"handed_over": 200 * 3 + 200 * 2}
    assert house["latency"]["events"] == 1_000
    assert house["peak_rss_mb"]["all"] > 0
