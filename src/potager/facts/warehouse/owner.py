"""`potager warehouse serve`: the one process that has the embedded file open answers the others over loopback.

A connection is one conversation, answered by a thread of its own. A write transaction, and the one place for heavy
queries, belong to the connection that opened them: when its process dies they end with it, and a statement nobody
waits for any more is interrupted.
"""

import fcntl
import json
import logging
import os
import secrets
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from hmac import compare_digest
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import pyarrow as pa

from potager.facts.warehouse import refusals, wire
from potager.facts.warehouse.base import Writer
from potager.facts.warehouse.duckdb import DuckReader, DuckWarehouse, DuckWriter
from potager.facts.warehouse.wire import Message

logger = logging.getLogger("potager.warehouse")

ADDRESS_FILE = "warehouse.json"
LOCK_FILE = "warehouse.lock"
# How often to look whether the askers of what is running are still there.
LOOK = 0.2
# How long what is in hand may take when the owner is stopped, before it is interrupted.
GOODBYE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the owner answers, and the secret it asks for. In a file only this user may read."""

    port: int
    pid: int
    token: str = field(repr=False)


def address(home: Path) -> Address | None:
    """Where the owner of this house's warehouse said it answers; None when none did since the last was stopped."""
    try:
        said = json.loads((home / ADDRESS_FILE).read_text())
    except FileNotFoundError:
        return None
    return Address(said["port"], said["pid"], said["token"])


class Owner:
    """Serves an open warehouse on a loopback port (0: any) until `stop`; closing the warehouse is the caller's."""

    def __init__(self, warehouse: DuckWarehouse, home: Path, port: int = 0) -> None:
        self._warehouse = warehouse
        self._home = home
        self._token = secrets.token_hex(32)
        self._links: set[Connection] = set()
        self._watch = _Watch()
        self._server = _Server(port, self._converse)
        self._accepting = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="warehouse-accept")

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._watch.start()
        self._accepting.start()
        _publish(self._home / ADDRESS_FILE, Address(self.port, os.getpid(), self._token))

    def stop(self) -> None:
        """Take no more questions, answer those in hand, roll open transactions back."""
        (self._home / ADDRESS_FILE).unlink(missing_ok=True)
        self._server.shutdown()
        self._accepting.join()
        # Hung up on, everybody would look gone.
        self._watch.stop()
        for link in list(self._links):
            _hang_up(link)
        if not self._all_gone():
            self._watch.interrupt()
            self._all_gone()
        self._server.server_close()

    def _all_gone(self) -> bool:
        """Wait a while for the conversations to end; whether they have."""
        deadline = time.monotonic() + GOODBYE_SECONDS
        while self._links and time.monotonic() < deadline:
            time.sleep(0.01)
        return not self._links

    def _converse(self, stream: socket.socket) -> None:
        with wire.connection(stream) as link, suppress(EOFError, OSError):
            greeting = wire.receive(link, wire.GREETING_BYTES)
            if not compare_digest(str(greeting.head.get("token", "")), self._token):
                return
            self._links.add(link)
            try:
                wire.send(link, Message({"ok": True}))
                while True:
                    self._answer(link, wire.receive(link))
            finally:
                self._links.discard(link)

    def _answer(self, link: Connection, asked: Message) -> None:
        match asked.head["do"]:
            case "query":
                with self._warehouse.reader() as reader, self._watch.over(link, reader.interrupt):
                    answer = _try(partial(_read, reader, asked))
                wire.send(link, answer)
            case "counts":
                wire.send(link, _try(lambda: _told(self._warehouse.counts(asked.head["of"]))))
            case "checkpoint":
                wire.send(link, _try(self._checkpoint))
            case "heavy":
                with self._warehouse.heavy():
                    wire.send(link, Message({"ok": True}))
                    wire.receive(link)
                wire.send(link, Message({"ok": True}))
            case "write":
                self._write(link)

    def _checkpoint(self) -> Message:
        self._warehouse.checkpoint()
        return _told(None)

    def _write(self, link: Connection) -> None:
        """One transaction: as long as the conversation is about it. Whoever hangs up rolls it back."""
        ended = Message({"ok": True})
        try:
            with self._warehouse.write() as writer:
                wire.send(link, Message({"ok": True}))
                self._until_commit(link, writer)
        except _RolledBack:
            pass
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001  (the engine would not commit: raised again on the other side)
            ended = wire.failure(error)
        wire.send(link, ended)

    def _until_commit(self, link: Connection, writer: DuckWriter) -> None:
        while True:
            asked = wire.receive(link)
            match asked.head["do"]:
                case "commit":
                    return
                case "rollback":
                    raise _RolledBack
            with self._watch.over(link, writer.interrupt):
                answer = _try(partial(_step, writer, asked))
            wire.send(link, answer)


class _RolledBack(Exception):
    """Asked for by the one whose transaction it is."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, converse: Callable[[socket.socket], None]) -> None:
        super().__init__(("127.0.0.1", port), socketserver.BaseRequestHandler)
        self._converse = converse

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  (socketserver's signature)
        self._converse(request)

    def shutdown_request(self, request: Any) -> None:
        """The conversation has closed it."""

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  (socketserver's signature)
        # socketserver calls this while it handles the exception.
        logger.error("a conversation about the warehouse broke off", exc_info=True)  # noqa: LOG014


class _Watch:
    """Interrupts what runs for somebody who is gone. Nobody sends while waiting for an answer, so a connection that has
    something to read in that time was closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Connection, Callable[[], None]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="warehouse-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    @contextmanager
    def over(self, link: Connection, interrupt: Callable[[], None]) -> Iterator[None]:
        with self._lock:
            self._running[link] = interrupt
        try:
            yield
        finally:
            with self._lock:
                del self._running[link]

    def _loop(self) -> None:
        while not self._stopped.wait(LOOK):
            self._interrupt_for(lambda links: wait(links, 0))

    def interrupt(self) -> None:
        """Whatever runs."""
        self._interrupt_for(lambda links: links)

    def _interrupt_for(self, choose: Callable[[list[Any]], Sequence[Any]]) -> None:
        with self._lock:
            # Held while interrupting: what is interrupted is still this link's.
            for link in choose(list(self._running)):
                self._running[link]()


def _read(reader: DuckReader, asked: Message) -> Message:
    return _rows(reader.query(asked.head["sql"], wire.params_of(asked), beside=wire.beside_of(asked)))


def _step(writer: Writer, asked: Message) -> Message:
    """One statement of a transaction."""
    match asked.head["do"]:
        case "execute":
            return _told(writer.execute(asked.head["sql"], wire.params_of(asked)))
        case "query":
            return _rows(writer.query(asked.head["sql"], wire.params_of(asked)))
        case "stage":
            for name, rows in asked.tables.items():
                writer.stage(name, rows)
        case "append":
            for name, rows in asked.tables.items():
                writer.append(name, rows)
        case "replace" if "sql" in asked.head:
            writer.replace(asked.head["table"], asked.head["sql"])
        case "replace":
            for name, rows in asked.tables.items():
                writer.replace(name, rows)
        case unknown:
            raise ValueError(f"a transaction does not know {unknown}")
    return _told(None)


def _try(work: Callable[[], Message]) -> Message:
    try:
        return work()
    except Exception as error:  # noqa: BLE001  (raised again on the other side)
        return wire.failure(error)


def _told(value: Mapping[str, int] | int | None) -> Message:
    return Message({"ok": True, "value": value})


def _rows(rows: pa.Table) -> Message:
    return Message({"ok": True}, {"rows": rows})


def _hang_up(link: Connection) -> None:
    """No more questions on this connection; the answer in hand still goes out."""
    with suppress(OSError), socket.socket(fileno=os.dup(link.fileno())) as stream:
        stream.shutdown(socket.SHUT_RD)


def _publish(path: Path, at: Address) -> None:
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"port": at.port, "pid": at.pid, "token": at.token}, file)
    beside.replace(path)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold the right to serve this house's warehouse; it ends with the process, however that ends.

    Raises Conflict("warehouse.owned") when another process holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK_FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            at = address(home)
            raise refusals.served(str(at.pid) if at else "?") from error
        yield
