"""The one process: HTTP, background work and, in a world, the simulator beside it."""

import contextlib
import errno
import gc
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from types import FrameType

from cheroot import wsgi
from django.db import connection

from potager.core import house, jobs
from potager.core.errors import Problem


class _Http(wsgi.Server):
    """cheroot, closing the socket it could not bind."""

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: tuple[str, int]) -> socket.socket:
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_


class Server:
    """HTTP on a loopback port with `threads` request threads, and a worker thread for each lane: a slow one holds up
    no other."""

    def __init__(
        self,
        port: int,
        *,
        threads: int = 16,
        lanes: Sequence[str] = jobs.LANES,
        on_stop: Sequence[Callable[[], None]] = (),
    ) -> None:
        from potager.web.wsgi import application

        self._http = _Http(("127.0.0.1", port), application, numthreads=threads, server_name="potager")
        self._workers = [jobs.Worker([lane]) for lane in lanes]
        self._on_stop = on_stop

    @property
    def port(self) -> int:
        """The port in use; asked for 0, the system chose it."""
        return int(self._http.bind_addr[1])

    def prepare(self) -> None:
        """Take the port. Raises Problem("server.port") when somebody has it."""
        try:
            self._http.prepare()
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES} and "in use" not in str(error):
                raise
            raise Problem(
                "server.port",
                zh="端口被占用：请用 --port 换一个，或先停掉正在运行的精耕",
                en="The port is taken: choose another with --port, or stop the Potager that runs there",
            ) from error

    def run(self) -> None:
        """Serve until SIGINT, SIGTERM or `stop`: requests in hand finish, then workers, then the rest."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._on_signal)
            _calm_collector()
        if house.is_founded():
            jobs.arm()
        for worker in self._workers:
            worker.start()
        try:
            self._http.serve()
        finally:
            self._close()

    def stop(self) -> None:
        """Ask `run` to return; safe from any thread."""
        self._http.stop()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  (signal's signature)
        # Stopping joins request threads, which a signal handler must not do on top of them.
        threading.Thread(target=self.stop, name="stop", daemon=True).start()

    def _close(self) -> None:
        with contextlib.suppress(Exception):
            self._http.stop()
        for worker in self._workers:
            worker.halt()
        for worker in self._workers:
            worker.stop()
        for each in self._on_stop:
            each()
        # This thread armed the periodic jobs, so it has a connection of its own.
        connection.close()
        # What stays frozen outlives the interpreter, and the warehouse's library complains of it at length.
        gc.unfreeze()


def _calm_collector() -> None:
    """Leave what was loaded at start out of garbage collection, and look less often at the rest.

    A batch of 1,000 events makes tens of thousands of short-lived objects: with the default threshold the collector
    took a third of the processor time of ingestion (benchmarks/ingest.py).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
