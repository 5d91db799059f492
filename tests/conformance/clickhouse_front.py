"""The HTTP interface of ClickHouse in front of chdb, for tests only: `python clickhouse_front.py FOLDER`.

Prints its port when it listens. The engine inside is ClickHouse's own; the real client (clickhouse-connect) speaks to
it. One statement at a time, one session for all: what is proven here is SQL, types and settings, not a server.
"""

import gzip
import re
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
from chdb import session

_INSERT = re.compile(r"\s*INSERT\s+INTO\s+(?P<target>.+?)\s+FORMAT\s+(?P<format>\w+)\s*$", re.IGNORECASE | re.DOTALL)
_FORMAT = re.compile(r"\s+FORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
# Parameters of the interface itself; every other one is a setting of the statement.
_OWN = {
    "query", "database", "default_format", "session_id", "session_timeout", "session_check", "query_id", "user",
    "password", "client_protocol_version", "compress", "decompress", "enable_http_compression", "quota_key",
    "send_progress_in_http_headers", "http_headers_progress_interval_ms", "wait_end_of_query", "buffer_size", "role",
    "cancel_http_readonly_queries_on_client_close",
}  # fmt: skip


class Engine:
    """The one session, asked by one request at a time."""

    def __init__(self, folder: Path) -> None:
        self._session = session.Session(str(folder))
        self._lock = threading.Lock()
        self._set: dict[str, str] = {}

    def run(self, sql: str, data: bytes, settings: dict[str, str], *, database: str, default: str) -> tuple[str, bytes]:
        """The format of the answer and its bytes."""
        with self._lock:
            self._session.query(f"USE `{database}`")
            for name, value in settings.items():
                if self._set.get(name) != value:
                    self._session.query(f"SET {name} = '{value}'")
                    self._set[name] = value
            if (insert := _INSERT.match(sql)) is not None:
                self._insert(insert["target"], insert["format"], data)
                return default, b""
            asked = _FORMAT.search(sql)
            form = asked[1] if asked else default
            return form, bytes(self._session.query(sql[: asked.start()] if asked else sql, form).bytes() or b"")

    def _insert(self, target: str, form: str, data: bytes) -> None:
        with tempfile.NamedTemporaryFile(suffix=".bin") as file:
            file.write(data)
            file.flush()
            self._session.query(f"INSERT INTO {target} SELECT * FROM file('{file.name}', '{form}')")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def log_message(self, *_args: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Content-Length"):
            body = self.rfile.read(int(self.headers["Content-Length"]))
        else:
            body = b"".join(iter(self._chunk, b""))
        match self.headers.get("Content-Encoding"):
            case "gzip":
                return gzip.decompress(body)
            case "zstd" | "lz4" as name:
                return pa.input_stream(pa.BufferReader(body), compression=name).read()
            case _:
                return body

    def _chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0].strip() or b"0", 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _answer(self, body: bytes) -> None:
        url = urlsplit(self.path)
        if url.path == "/ping":
            self._send(200, b"Ok.\n", {})
            return
        given = dict(parse_qsl(url.query, keep_blank_values=True))
        sql, data = given.get("query", ""), body
        if not sql:
            head = re.match(rb"\s*INSERT\s+INTO\s.*?FORMAT\s+\w+\s*?\n", body, re.IGNORECASE | re.DOTALL)
            sql, data = (head[0].decode(), body[head.end() :]) if head else (body.decode(), b"")
        settings = {name: value for name, value in given.items() if name not in _OWN and not name.startswith("param_")}
        default = self.headers.get("X-ClickHouse-Format") or given.get("default_format") or "TabSeparated"
        try:
            database = given.get("database") or "default"
            form, found = self.engine.run(sql, data, settings, database=database, default=default)
        except RuntimeError as error:
            self._send(500, str(error).encode(), {"X-ClickHouse-Exception-Code": "1"})
            return
        self._send(200, found, {"X-ClickHouse-Format": form})

    def _send(self, code: int, body: bytes, more: dict[str, str]) -> None:
        self.send_response(code)
        told = {"Content-Length": str(len(body)), "X-ClickHouse-Summary": "{}", "X-ClickHouse-Timezone": "UTC"}
        for name, value in (told | more).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    Handler.engine = Engine(Path(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
