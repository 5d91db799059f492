"""How the owner of the embedded file and the other processes talk: messages over one loopback connection.

A message is a JSON head and as many Arrow IPC streams as the head names, each a frame of its own. Nothing is pickled.
Frames are multiprocessing.connection's: a length, then the bytes.
"""

import builtins
import json
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import duckdb
import pyarrow as pa

from potager.core.errors import Problem
from potager.facts.warehouse.base import Params

# Before the token was seen nobody gets to send more than this.
GREETING_BYTES = 4_096
# Where parameters stand among the tables: one row, a column each.
_PARAMS = "?"


@dataclass(frozen=True, slots=True)
class Message:
    """head    what is asked (`do`) or answered (`ok`), as JSON
    tables  Arrow rows by name
    """

    head: Mapping[str, Any]
    tables: Mapping[str, pa.Table] = field(default_factory=dict)


def connection(stream: socket.socket) -> Connection:
    """Takes the socket over. A message is many small writes: none may wait for the acknowledgement of the last."""
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream.settimeout(None)
    try:
        return Connection(os.dup(stream.fileno()))
    finally:
        stream.close()


def send(link: Connection, message: Message) -> None:
    head = {**message.head, "tables": list(message.tables)}
    link.send_bytes(json.dumps(head, ensure_ascii=False).encode())
    for rows in message.tables.values():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)
        link.send_bytes(memoryview(sink.getvalue()))


def receive(link: Connection, most: int | None = None) -> Message:
    """Raises EOFError or OSError when the other side is gone."""
    head = json.loads(link.recv_bytes(most))
    tables = {}
    for name in head.pop("tables"):
        tables[name] = pa.ipc.open_stream(pa.py_buffer(link.recv_bytes())).read_all()
    return Message(head, tables)


def with_params(params: Params, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables of a statement and its parameters, which keep their types as Arrow values."""
    if not params:
        return dict(tables)
    named = params.items() if isinstance(params, Mapping) else ((str(n), value) for n, value in enumerate(params))
    return {**tables, _PARAMS: pa.table({name: _cell(value) for name, value in named})}


def _cell(value: Any) -> Any:
    # Of whole numbers Arrow knows by itself only those of 64 bits with a sign.
    kind: Any = pa.uint64() if isinstance(value, int) and value >= 2**63 else None
    return pa.array([value], kind)


def params_of(message: Message) -> Params:
    """The parameters `with_params` sent: by name as the head says, else by position."""
    rows = message.tables.get(_PARAMS)
    if rows is None:
        return ()
    [values] = rows.to_pylist()
    return values if message.head.get("named") else list(values.values())


def beside_of(message: Message) -> dict[str, pa.Table]:
    return {name: rows for name, rows in message.tables.items() if name != _PARAMS}


def failure(error: Exception) -> Message:
    """What went wrong, so that it can be raised again on the other side as the same kind of error."""
    told: dict[str, object] = {"kind": type(error).__name__, "text": str(error)}
    if isinstance(error, Problem):
        told = {"code": error.code, "zh": error.zh, "en": error.en, "place": error.place, "status": error.status}
    return Message({"ok": False, "error": told})


def raised(told: Mapping[str, Any]) -> Exception:
    """The error of a `failure`: a Problem, one of the engine's, of Arrow's or of Python's; else a RuntimeError."""
    if "code" in told:
        return Problem(told["code"], zh=told["zh"], en=told["en"], place=told["place"], status=told["status"])
    for library in (duckdb, pa, builtins):
        kind = getattr(library, str(told["kind"]), None)
        if isinstance(kind, type) and issubclass(kind, Exception):
            return kind(told["text"])
    return RuntimeError(f"{told['kind']}: {told['text']}")
