"""Houses of their own on disk, worked by processes that may die."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]


class House:
    """A folder, a PostgreSQL database of its own where one is named, and the module that works it: `found …` makes
    the house, `work [seed]` works to the end and prints the end state as JSON, or dies at a moment drawn by the seed.
    """

    def __init__(self, home: Path, worker: str, database: str = "") -> None:
        self.home = home
        self._worker = worker
        self._database = database

    def run(self, *command: str) -> tuple[int, str]:
        """Exit code and output of one process; anything but an end or a kill is a failure of the test."""
        env = {
            **os.environ,
            "POTAGER_HOME": str(self.home),
            "POTAGER_DATABASE": self._database,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        }
        done = subprocess.run(
            [sys.executable, "-m", self._worker, *command],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr
        return done.returncode, done.stdout

    def must(self, *command: str) -> str:
        code, out = self.run(*command)
        assert code == 0
        return out

    def killed(self, seed: int) -> bool:
        """Work until death; False when the work was done before it came."""
        return self.run("work", str(seed))[0] != 0

    def finish(self, how: str = "work") -> dict[str, Any]:
        """Work undisturbed to the end, and the end state."""
        end: dict[str, Any] = json.loads(self.must(how))
        return end


@contextmanager
def two_houses(folder: Path, worker: str, *found: str, server: str = "") -> Iterator[tuple[House, House]]:
    """Two equal houses, one founded and one copied. server: a PostgreSQL URL to keep their operations at."""
    stem = worker.rpartition(".")[2]
    names = [f"potager_{stem}_{os.getpid()}_{n}" for n in (1, 2)]
    first, second = (
        House(folder / each, worker, f"{server.rsplit('/', 1)[0]}/{each}" if server else "") for each in names
    )
    first.home.mkdir()
    if server:
        _administer(server, f"CREATE DATABASE {names[0]}")
    first.must("found", *found)
    shutil.copytree(first.home, second.home)
    if server:
        _administer(server, f"CREATE DATABASE {names[1]} TEMPLATE {names[0]}")
    yield first, second
    if server:
        _administer(server, *(f"DROP DATABASE {name} WITH (FORCE)" for name in names))


def _administer(server: str, *statements: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
