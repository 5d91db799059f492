"""`potager worker`: several processes share a house's background work on PostgreSQL, and none does another's."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner

from potager.cli import main as cli_main
from potager.cli import worker as command
from potager.core import jobs
from potager.core.errors import Problem
from tests.e2e.served import ROOT, environment_of

SERVER = os.environ.get("POTAGER_DATABASE", "")
on_postgres = pytest.mark.skipif(not SERVER, reason="several processes need PostgreSQL")


def test_sqlite_is_told_that_one_process_does_it_all(db, house):
    if SERVER:
        pytest.skip("PostgreSQL takes several processes")
    with pytest.raises(Problem) as refused:
        command.refuse_unfit()
    assert refused.value.code == "worker.sqlite"
    assert "POTAGER_DATABASE" in refused.value.zh


@on_postgres
def test_a_warehouse_of_ones_own_is_not_for_several(db, house):
    with pytest.raises(Problem) as refused:
        command.refuse_unfit()
    assert refused.value.code == "worker.warehouse"
    assert "potager warehouse serve" in refused.value.en


def test_a_lane_that_does_not_exist_is_refused(db):
    result = CliRunner().invoke(cli_main.cli, ["worker", "--lanes", "tick,quick"])
    assert isinstance(result.exception, Problem)
    assert (result.exception.code, result.exception.place) == ("worker.lanes", "--lanes")
    assert "quick" in result.exception.en
    assert command._lanes_of("touch, tick,touch") == ("touch", "tick")


@contextmanager
def database(name: str, template: str = "template0") -> Iterator[str]:
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield f"{SERVER.rsplit('/', 1)[0]}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The home and the database of a founded house, to be copied: migrating one for each test takes longer."""
    home, name = tmp_path_factory.mktemp("founded"), f"potager_founded_{os.getpid()}"
    with database(name) as url:
        it = Cluster(home, url)
        it.potager("migrate")
        it.python("house.found('群', zone='Asia/Shanghai', currency='CNY')")
        yield home, name


@pytest.fixture
def cluster(founded: tuple[Path, str], tmp_path: Path) -> Iterator["Cluster"]:
    """A founded house in a PostgreSQL database of its own, with nobody at work."""
    home, template = founded
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    with database(f"potager_workers_{os.getpid()}", template) as url:
        yield Cluster(tmp_path, url)


class Cluster:
    def __init__(self, home: Path, database: str) -> None:
        self.home = home
        self.database = database
        self.environment = {
            **environment_of(home), "POTAGER_DATABASE": database, "POTAGER_WAREHOUSE": "remote:",
            "DJANGO_SETTINGS_MODULE": "potager.settings", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }  # fmt: skip

    def potager(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "potager.cli.main", *arguments]
        subprocess.run(command, env=self.environment, cwd=ROOT, check=True, capture_output=True)

    def python(self, code: str) -> None:
        imports = "import django; django.setup()\nfrom potager.core import house, jobs, store\n"
        subprocess.run([sys.executable, "-c", imports + code], env=self.environment, cwd=ROOT, check=True)

    @contextmanager
    def running(self, *arguments: str) -> "Iterator[subprocess.Popen[str]]":
        command = [sys.executable, "-m", "potager.cli.main", *arguments]
        with subprocess.Popen(command, env=self.environment, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            while "Ctrl-C" not in (line := process.stderr.readline()):
                assert line, "it ended before it worked"
            try:
                yield process
            finally:
                process.terminate()
                process.wait(40)

    def rows(self, sql: str) -> list[tuple]:
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(sql).fetchall()

    def wait(self, done: Callable[[], bool], seconds: float = 60.0) -> None:
        ends = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < ends, self.rows("SELECT id, state, error_en FROM facts_importrun")
            time.sleep(0.05)

    def children(self, parent: int) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False).stdout
        spawned = [int(line) for line in found.split()]
        return [pid for pid in spawned if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


IMPORTS = """
import csv
from potager.core import store
from potager.facts.imports import files, run
from potager.facts.imports.mapping import Kind, parse
from potager.org.access import SYSTEM
from pathlib import Path
who = {"identities": [{"type": "member_no", "realm": "s", "column": "who"}], "fields": {"name": "name"}}
for n in range(%d):
    path = Path(%r) / f"people-{n}.csv"
    path.write_text("who,name\\n" + "\\n".join(f"M{n}-{i},客户{i}" for i in range(40)))
    content = files.keep(path)
    with store.write():
        run.start(SYSTEM, run.stage(SYSTEM, file_name=path.name, content=content), Kind.CUSTOMERS, parse(who))
"""


@on_postgres
@pytest.mark.timeout(280)
def test_processes_share_the_work_and_the_work_of_a_killed_one_is_taken_up(cluster):
    cluster.python(IMPORTS % (12, str(cluster.home)))
    with cluster.running("warehouse", "serve"), cluster.running("worker", "--processes", "3") as crew:
        cluster.wait(lambda: len(cluster.children(crew.pid)) == 3)
        first = set(cluster.children(crew.pid))
        owners: Counter[str] = Counter()

        def imported() -> bool:
            owners.update(row[0].split(":")[0] for row in cluster.rows("SELECT owner FROM core_job WHERE owner <> ''"))
            return cluster.rows("SELECT count(*) FROM facts_importrun WHERE state = 'finished'") == [(12,)]

        cluster.wait(lambda: imported() or len(owners) == 3)
        victim = cluster.children(crew.pid)[0]
        os.kill(victim, signal.SIGKILL)
        cluster.wait(imported)
        cluster.wait(lambda: len(cluster.children(crew.pid)) == 3)
        assert victim not in cluster.children(crew.pid)
        assert {int(pid) for pid in owners} & first
        assert len(owners) >= 2
    assert cluster.rows("SELECT count(*), count(DISTINCT value) FROM people_identity") == [(480, 480)]
    assert cluster.rows("SELECT sum(loaded), sum(rejected) FROM facts_importrun") == [(480, 0)]


@on_postgres
def test_told_to_stop_a_crew_finishes_what_it_has_in_hand(cluster):
    with cluster.running("warehouse", "serve"):
        with cluster.running("worker", "--processes", "2") as crew:
            cluster.wait(lambda: cluster.rows("SELECT count(*) FROM core_job WHERE tries > 0 OR due_us > 0") != [(0,)])
            shared = sum(1 for (key,) in cluster.rows("SELECT dedupe_key FROM core_job") if key.endswith(":2"))
            assert shared == 2
            children = cluster.children(crew.pid)
        assert crew.returncode == 0
        assert cluster.rows("SELECT kind FROM core_job WHERE owner <> ''") == []
        assert not any(Path(f"/proc/{pid}").exists() for pid in children)
        with cluster.running("worker", "--processes", "1") as crew:
            cluster.wait(lambda: len(cluster.children(crew.pid)) == 1)
            (child,) = cluster.children(crew.pid)
            crew.kill()
            crew.wait()
            # Nobody is left behind by a parent that was killed.
            cluster.wait(lambda: not Path(f"/proc/{child}").exists(), 30)


@on_postgres
def test_a_crew_of_some_lanes_leaves_the_others(cluster):
    cluster.python("with store.write():\n    jobs.enqueue('facts.save', lane='heavy', dedupe_key='x')")
    with cluster.running("warehouse", "serve"), cluster.running("worker", "--processes", "1", "--lanes", "tick,touch"):
        cluster.wait(
            lambda: (
                cluster.rows("SELECT 1 FROM core_job WHERE lane = 'tick' AND due_us > 0 AND lease_until_us = 0") != []
            )
        )
        time.sleep(1)
        assert cluster.rows("SELECT tries FROM core_job WHERE dedupe_key = 'x'") == [(0,)]


def test_every_lane_is_worked_unless_chosen():
    option = next(each for each in command.worker.params if each.name == "lanes")
    assert json.dumps(option.default) == json.dumps(",".join(jobs.LANES))
