"""A house served as the product serves it: its own process, its own data directory, a free loopback port."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Served:
    """Where it listens, and the home its data lives in."""

    url: str
    home: Path


def environment_of(home: Path) -> dict[str, str]:
    return {**os.environ, "POTAGER_HOME": str(home), "POTAGER_DATABASE": "", "PYTHONPATH": str(ROOT / "src")}


def potager(home: Path, *arguments: str) -> str:
    """Run one command of the command line in `home`; what it printed."""
    command = [sys.executable, "-m", "potager.cli.main", *arguments]
    done = subprocess.run(command, env=environment_of(home), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"potager {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


@contextmanager
def serving(home: Path, arguments: Sequence[str] = ("serve",)) -> Iterator[Served]:
    """Serve `home` until the block ends, then stop it as Ctrl-C would."""
    command = [sys.executable, "-m", "potager.cli.main", *arguments, "--port", "0"]
    process = subprocess.Popen(command, env=environment_of(home), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if "http://" in line:
                yield Served(line[line.index("http://") :].split()[0], home)
                break
        else:
            raise RuntimeError("The server ended before it listened:\n" + "".join(said))
    finally:
        process.terminate()
        process.communicate(timeout=30)
