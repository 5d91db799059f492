"""python -m potager.touch.simulator --home DIR [--port N]: serve until told to stop, or until standard input closes."""

import argparse
import json
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from cheroot import wsgi

from potager.touch.simulator.app import Application
from potager.touch.simulator.store import Store

ADDRESS_FILE = "simulator.json"


def main() -> None:
    """Bind, write port and secret to DIR/simulator.json (0600), serve."""
    parser = argparse.ArgumentParser(prog="potager.touch.simulator", description="A world's phones.")
    parser.add_argument("--home", type=Path, required=True, help="where its store and its address file live")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--with-parent", action="store_true", help="stop when standard input closes")
    options = parser.parse_args()
    store = Store(options.home)
    secret = secrets.token_urlsafe(32)
    server = wsgi.Server(("127.0.0.1", options.port), Application(store, secret), numthreads=4, server_name="simulator")
    server.prepare()
    _announce(options.home / ADDRESS_FILE, server.bind_addr[1], secret)
    signal.signal(signal.SIGTERM, lambda *_: _stop(server))
    signal.signal(signal.SIGINT, lambda *_: _stop(server))
    if options.with_parent:
        threading.Thread(target=_outlive_nobody, args=[server], daemon=True).start()
    server.serve()
    store.close()


def _outlive_nobody(server: Any) -> None:
    sys.stdin.read()
    _stop(server)


def _stop(server: Any) -> None:
    # In a thread: stopping waits for requests in hand, and a signal handler must not.
    threading.Thread(target=server.stop, daemon=True).start()


def _announce(path: Path, port: int, secret: str) -> None:
    """Whole or not at all, and readable by this account only."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps({"port": port, "secret": secret, "pid": os.getpid()}))
    fresh.replace(path)


if __name__ == "__main__":
    main()
