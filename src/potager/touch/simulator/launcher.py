"""Start the simulated platform beside a world, or find the one that runs; it ends with the process that started it."""

import fcntl
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from potager.core.settings import environment

ADDRESS_FILE = "simulator.json"
START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where it answers, and the secret it asks for."""

    port: int
    secret: str = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def default_home() -> Path:
    """The simulator's folder inside this house's data directory."""
    return environment().home / "simulator"


def address(home: Path) -> Address | None:
    """Where the simulator of this folder said it answers; None when none ever started here."""
    try:
        said = json.loads((home / ADDRESS_FILE).read_text())
    except FileNotFoundError:
        return None
    return Address(said["port"], said["secret"])


def is_alive(at: Address) -> bool:
    """Whether it answers there to this secret."""
    try:
        return httpx.post(f"{at.url}/alive", headers=at.headers, timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


class Running:
    """A simulator in use. `stop` ends it if this process started it; a reused one goes on."""

    def __init__(self, home: Path, process: "subprocess.Popen[bytes] | None") -> None:
        self.home = home
        self._process = process

    @property
    def is_ours(self) -> bool:
        return self._process is not None

    def stop(self) -> None:
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        self._process.wait(timeout=20)
        self._process = None


def start(home: Path | None = None) -> Running:
    """Make sure a simulator runs for this folder (default: this house's), and wait until it answers.

    It is a child that ends when this process does, however that ends.
    """
    home = home or default_home()
    home.mkdir(parents=True, exist_ok=True)
    # Two processes starting at once: the second waits, and then finds the first one's.
    with (home / "simulator.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = address(home)
        if known is not None and is_alive(known):
            return Running(home, None)
        (home / ADDRESS_FILE).unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "potager.touch.simulator", "--home", str(home), "--with-parent"],
            stdin=subprocess.PIPE,
        )
        running = Running(home, process)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            known = address(home)
            if known is not None and is_alive(known):
                return running
            time.sleep(0.02)
        running.stop()
        raise RuntimeError(f"the simulator did not start in {home}")


@contextmanager
def running(home: Path | None = None) -> Iterator[Running]:
    """A simulator for the length of the block."""
    it = start(home)
    try:
        yield it
    finally:
        it.stop()
