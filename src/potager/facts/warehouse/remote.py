"""The warehouse as other processes have it: `potager warehouse serve` owns the file, this asks it over loopback.

POTAGER_WAREHOUSE=remote:, or remote:?timeout=SECONDS. The owner is found by its address file in the data directory,
anew after every break, so it may be stopped and started at any time; while it is away every question raises
Down("warehouse.down").
"""

import queue
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa

from potager.core.errors import Down
from potager.facts.warehouse import owner, refusals, wire
from potager.facts.warehouse.base import Capabilities, Params
from potager.facts.warehouse.rows import refuse_inside_store_write
from potager.facts.warehouse.wire import Message

TIMEOUT = 600.0
_CONNECT_SECONDS = 5.0


class RemoteWriter:
    """See base.Writer."""

    def __init__(self, link: "_Link") -> None:
        self._link = link

    def execute(self, sql: str, params: Params = ()) -> int:
        return int(self._link.ask(_statement("execute", sql, params)).head["value"])

    def query(self, sql: str, params: Params = ()) -> pa.Table:
        return self._link.ask(_statement("query", sql, params)).tables["rows"]

    def stage(self, name: str, rows: pa.Table) -> None:
        self._link.ask(Message({"do": "stage"}, {name: rows}))

    def append(self, table: str, rows: pa.Table) -> None:
        self._link.ask(Message({"do": "append"}, {table: rows}))

    def replace(self, table: str, rows: str | pa.Table) -> None:
        if isinstance(rows, str):
            self._link.ask(Message({"do": "replace", "table": table, "sql": rows}))
        else:
            self._link.ask(Message({"do": "replace"}, {table: rows}))


class RemoteWarehouse:
    """See base.Warehouse. Raises Problem("warehouse.timeout") for a statement that takes longer than the timeout; the
    owner stops it then."""

    capabilities = Capabilities("duckdb")

    def __init__(self, url: str, home: Path) -> None:
        self._timeout = _timeout_of(url)
        self._home = home
        self._idle: queue.LifoQueue[_Link] = queue.LifoQueue()
        self._writing = threading.local()

    def query(self, sql: str, params: Params = (), *, beside: Mapping[str, pa.Table] | None = None) -> pa.Table:
        refuse_inside_store_write()
        with self._conversation(_statement("query", sql, params, beside or {})) as (_, answer):
            return answer.tables["rows"]

    def counts(self, tables: Sequence[str]) -> dict[str, int]:
        with self._conversation(Message({"do": "counts", "of": list(tables)})) as (_, answer):
            return dict(answer.head["value"])

    @contextmanager
    def heavy(self) -> Iterator[None]:
        refuse_inside_store_write()
        with self._conversation(Message({"do": "heavy"})) as (link, _):
            try:
                yield
            finally:
                if link.is_whole:
                    link.ask(Message({"do": "done"}))

    @contextmanager
    def write(self) -> Iterator[RemoteWriter]:
        refuse_inside_store_write()
        if getattr(self._writing, "open", False):
            raise RuntimeError("a warehouse write is already open in this thread: pass its writer on")
        self._writing.open = True
        try:
            with self._conversation(Message({"do": "write"})) as (link, _):
                try:
                    yield RemoteWriter(link)
                except BaseException:
                    # Over a broken connection there is nobody to ask: the owner has rolled back by itself.
                    if link.is_whole:
                        link.ask(Message({"do": "rollback"}))
                    raise
                link.ask(Message({"do": "commit"}))
        finally:
            self._writing.open = False

    def checkpoint(self) -> None:
        with self._conversation(Message({"do": "checkpoint"})):
            return

    def close(self) -> None:
        """Close the connections; the owner goes on."""
        while not self._idle.empty():
            self._idle.get().close()

    @contextmanager
    def _conversation(self, opening: Message) -> Iterator[tuple["_Link", Message]]:
        """A connection for oneself, and the answer to the first question on it.

        A connection kept from before may have died with an earlier owner: asked on a new one, the first question does
        no harm twice.
        """
        link, answer = self._open(opening)
        try:
            yield link, answer
        finally:
            if link.is_whole:
                self._idle.put(link)
            else:
                link.close()

    def _open(self, opening: Message) -> tuple["_Link", Message]:
        while True:
            try:
                link, is_new = self._idle.get_nowait(), False
            except queue.Empty:
                link, is_new = self._connect(), True
            try:
                answer = link.ask(opening)
            except Down:
                link.close()
                if is_new:
                    raise
            except BaseException:
                if link.is_whole:
                    self._idle.put(link)
                else:
                    link.close()
                raise
            else:
                return link, answer

    def _connect(self) -> "_Link":
        at = owner.address(self._home)
        if at is None:
            raise refusals.down()
        try:
            stream = socket.create_connection(("127.0.0.1", at.port), _CONNECT_SECONDS)
        except OSError as error:
            raise refusals.down() from error
        link = _Link(wire.connection(stream), _CONNECT_SECONDS)
        try:
            link.ask(Message({"token": at.token}))
        except BaseException as error:
            link.close()
            raise refusals.down() from error
        link.timeout = self._timeout
        return link


class _Link:
    """One connection, in one thread's hands at a time. Broken off between question and answer it is of no more use."""

    def __init__(self, connection: Connection, timeout: float) -> None:
        self._connection = connection
        self.timeout = timeout
        self.is_whole = True

    def ask(self, question: Message) -> Message:
        """Raises Down when the owner is gone, Problem when it takes too long, and what the engine raised."""
        if not self.is_whole:
            raise refusals.down()
        self.is_whole = False
        try:
            wire.send(self._connection, question)
            if not self._connection.poll(self.timeout):
                self.close()
                raise refusals.too_long(self.timeout)
            answer = wire.receive(self._connection)
        except (EOFError, OSError) as error:
            raise refusals.down() from error
        self.is_whole = True
        if not answer.head["ok"]:
            raise wire.raised(answer.head["error"])
        return answer

    def close(self) -> None:
        self._connection.close()


def _statement(do: str, sql: str, params: Params, beside: Mapping[str, pa.Table] | None = None) -> Message:
    head: dict[str, Any] = {"do": do, "sql": sql, "named": isinstance(params, Mapping)}
    return Message(head, wire.with_params(params, beside or {}))


def _timeout_of(url: str) -> float:
    """Seconds. Raises Problem for a URL that is not `remote:` or `remote:?timeout=SECONDS`."""
    parts = urlsplit(url)
    asked = parse_qs(parts.query, keep_blank_values=True)
    given = asked.pop("timeout", [str(TIMEOUT)])[-1]
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if parts.scheme != "remote" or parts.netloc or parts.path or asked or not 0 < seconds < float("inf"):
        raise refusals.bad_url(url)
    return seconds
