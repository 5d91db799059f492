"""`potager worker`: processes that share a house's background work on PostgreSQL."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType

import click

from potager.cli import worker_process
from potager.core import house, jobs, store
from potager.core.errors import Problem
from potager.core.settings import environment

logger = logging.getLogger("potager.worker")

# A process that dies at once is not started again more often than this.
_PAUSE = 1.0
# How long the jobs in hand may take when told to stop; what is cut short then is taken up by another's lease.
_GOODBYE_SECONDS = 30.0


@click.command()
@click.option("--processes", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default="one per processor")
@click.option("--lanes", default=",".join(jobs.LANES), show_default=True, help="Which background work these do.")
def worker(processes: int, lanes: str) -> None:
    """Do the house's background work in several processes, until SIGTERM or Ctrl-C: the jobs in hand finish first.

    On PostgreSQL, beside `potager serve` and `potager warehouse serve`, all with POTAGER_WAREHOUSE=remote:. A process
    that dies is started again, and what it had in hand is taken up when its lease ends.
    """
    chosen = _lanes_of(lanes)
    refuse_unfit()
    house.facts()
    jobs.arm(processes)
    Crew(processes, chosen).work()


def refuse_unfit() -> None:
    """Raises Problem where the stores are not made for several processes."""
    if not store.is_postgres():
        raise Problem(
            "worker.sqlite",
            zh="SQLite 只由一个进程使用，potager serve 已经在做后台工作；要多个进程请换 PostgreSQL（POTAGER_DATABASE）",
            en=(
                "SQLite is used by one process, and potager serve does the background work in it: for several "
                "processes move to PostgreSQL (POTAGER_DATABASE)"
            ),
            place="POTAGER_DATABASE",
        )
    if not environment().warehouse.startswith("remote:"):
        raise Problem(
            "worker.warehouse",
            zh="数据仓库文件只能由一个进程打开：请启动 potager warehouse serve，其余进程都设 POTAGER_WAREHOUSE=remote:",
            en=(
                "Several processes cannot open the warehouse file each: start potager warehouse serve, and everything "
                "else with POTAGER_WAREHOUSE=remote:"
            ),
            place="POTAGER_WAREHOUSE",
        )


def _lanes_of(written: str) -> tuple[str, ...]:
    lanes = tuple(dict.fromkeys(each.strip() for each in written.split(",") if each.strip()))
    unknown = [each for each in lanes if each not in jobs.LANES]
    if unknown or not lanes:
        raise Problem(
            "worker.lanes",
            zh=f"没有叫「{'、'.join(unknown)}」的队列：可选 {', '.join(jobs.LANES)}",
            en=f"There is no lane “{', '.join(unknown)}”: choose among {', '.join(jobs.LANES)}",
            place="--lanes",
        )
    return lanes


class Crew:
    """Processes doing the work of these lanes; one that dies is replaced until the crew is told to stop."""

    def __init__(self, size: int, lanes: Sequence[str]) -> None:
        self._lanes = tuple(lanes)
        self._stop = threading.Event()
        self._begun: dict[SpawnProcess, float] = {}
        self._size = size

    def work(self) -> None:
        """Until SIGTERM or SIGINT."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        for _ in range(self._size):
            self._hire()
        pids = " ".join(str(process.pid) for process in self._begun)
        click.echo(f"后台进程 workers {pids}  {' '.join(self._lanes)}\nCtrl-C 停止 stops", err=True)
        while not self._stop.is_set():
            wait([process.sentinel for process in self._begun], 0.5)
            self._replace()
        self._dismiss()

    def _hire(self) -> None:
        process = multiprocessing.get_context("spawn").Process(target=worker_process.work, args=(self._lanes,))
        process.start()
        self._begun[process] = time.monotonic()

    def _replace(self) -> None:
        for process, begun in list(self._begun.items()):
            if process.is_alive() or self._stop.is_set():
                continue
            click.echo(
                f"后台进程 worker {process.pid}: 退出 ended ({process.exitcode})，重新启动 started again", err=True
            )
            del self._begun[process]
            self._stop.wait(max(0.0, _PAUSE - (time.monotonic() - begun)))
            self._hire()

    def _dismiss(self) -> None:
        for process in self._begun:
            process.terminate()
        deadline = time.monotonic() + _GOODBYE_SECONDS
        for process in self._begun:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                logger.warning("worker %s did not end in time and was killed", process.pid)
                process.kill()
                process.join()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  (signal's signature)
        self._stop.set()
