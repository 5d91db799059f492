"""The simulated platform's own truth: one SQLite file, every answer given only after it is on disk."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

JSON = Any
Kind = Literal["message", "sms"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS send_log(
    seq INTEGER PRIMARY KEY, token TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, person TEXT NOT NULL,
    sender TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS send_log_person ON send_log(person, seq);
CREATE INDEX IF NOT EXISTS send_log_waiting ON send_log(seq) WHERE state = 'handed_over';
CREATE TABLE IF NOT EXISTS receipt(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, token TEXT NOT NULL, state TEXT NOT NULL,
    at TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS inbound(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, channel TEXT NOT NULL, kind TEXT NOT NULL, person TEXT NOT NULL,
    sender TEXT NOT NULL, text TEXT NOT NULL, token TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS inbound_person ON inbound(person, seq);
CREATE TABLE IF NOT EXISTS block(person TEXT NOT NULL, sender TEXT NOT NULL, PRIMARY KEY(person, sender));
CREATE TABLE IF NOT EXISTS behaviour(key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One writer, one connection; callers come from several HTTP threads.

    A message of kind "message" waits for its staff member (who confirms at once unless told to wait) and then
    arrives; an SMS arrives at once. People who deleted a sender get nothing from that sender any more.
    """

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(home / "simulator.sqlite3", check_same_thread=False, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + _SCHEMA)
        self._lock = threading.Lock()

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def send(self, kind: Kind, batches: Sequence[JSON], at: str) -> dict[str, str]:
        """token → "accepted", or the reason it is refused for good. A token seen before is accepted again, once."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            offered = [(token, person, b["sender"], b["text"]) for b in batches for token, person in b["to"]]
            blocked = self._blocked({(person, sender) for _, person, sender, _ in offered}) if kind == "message" else ()
            answers = {}
            taken = []
            for token, person, sender, text in offered:
                if (person, sender) in blocked:
                    answers[token] = "not_a_friend"
                else:
                    answers[token] = "accepted"
                    taken.append((token, kind, person, sender, text, at))
            known = self._known([row[0] for row in taken])
            fresh = {row[0]: row for row in taken if row[0] not in known}
            self._db.executemany(
                "INSERT INTO send_log(token, kind, person, sender, text, at, state) VALUES (?,?,?,?,?,?,'handed_over')",
                fresh.values(),
            )
            if kind == "sms" or self._behaves("staff_confirms"):
                self._arrive([(token, kind) for token in fresh], at)
        return answers

    def confirm(self, tokens: Sequence[str] | None, at: str) -> int:
        """Staff members confirm these waiting messages (None: all of them); returns how many."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            waiting = [r[0] for r in self._db.execute("SELECT token FROM send_log WHERE state = 'handed_over'")]
            chosen = waiting if tokens is None else sorted(set(waiting) & set(tokens))
            self._arrive([(token, "message") for token in chosen], at)
            return len(chosen)

    def lookup(self, tokens: Sequence[str]) -> list[str]:
        """Those of the tokens that were accepted."""
        with self._lock:
            return sorted(self._known(tokens))

    def cancel(self, tokens: Sequence[str]) -> list[str]:
        """Take back messages their staff member has not sent; returns those taken back, now or before."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(
                "UPDATE send_log SET state = 'cancelled' WHERE state = 'handed_over' "
                "AND token IN (SELECT value FROM json_each(?))",
                [json.dumps(list(tokens))],
            )
            sql = "SELECT token FROM send_log WHERE state = 'cancelled' AND token IN (SELECT value FROM json_each(?))"
            return [row[0] for row in self._db.execute(sql, [json.dumps(list(tokens))])]

    def people_act(self, acts: Sequence[JSON]) -> int:
        """What people do on their phones: reply, delete a sender, add one again, read a message."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for act in acts:
                self._act(act)
        return len(acts)

    def news(self, channel: Kind, after: int, limit: int) -> dict[str, JSON]:
        """Receipts and inbound of a channel after a cursor. The cursor holds the place in both."""
        told, heard = divmod(after, 1 << 31)
        with self._lock:
            receipts = self._db.execute(
                "SELECT seq, token, state, at, reason FROM receipt WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?",
                [channel, told, limit],
            ).fetchall()
            inbound = self._db.execute(
                "SELECT seq, kind, person, sender, text, token, at FROM inbound WHERE channel = ? AND seq > ? "
                "ORDER BY seq LIMIT ?",
                [channel, heard, limit],
            ).fetchall()
        told = receipts[-1][0] if receipts else told
        heard = inbound[-1][0] if inbound else heard
        return {"cursor": told << 31 | heard, "receipts": [r[1:] for r in receipts], "inbound": inbound}

    def phone(self, person: str) -> list[dict[str, JSON]]:
        """What a person's phone shows, oldest first: messages that arrived and what they did."""
        with self._lock:
            out = self._db.execute(
                "SELECT at, seq, 'in', kind, sender, text, token FROM send_log "
                "WHERE person = ? AND state = 'delivered'",
                [person],
            ).fetchall()
            said = self._db.execute(
                "SELECT at, seq, 'out', kind, sender, text, token FROM inbound WHERE person = ?", [person]
            ).fetchall()
        names = ("at", "seq", "direction", "kind", "sender", "text", "token")
        return [dict(zip(names, row, strict=True)) for row in sorted(out + said, key=lambda row: (row[0], row[2]))]

    def log(self, after: int, limit: int) -> list[dict[str, JSON]]:
        """The send log, in the order of acceptance."""
        names = ("seq", "token", "kind", "person", "sender", "text", "at", "state")
        with self._lock:
            rows = self._db.execute(
                f"SELECT {', '.join(names)} FROM send_log WHERE seq > ? ORDER BY seq LIMIT ?", [after, limit]
            ).fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def behave(self, settings: Mapping[str, bool]) -> int:
        """How the simulated staff behave: staff_confirms — send what is handed over at once (the default)."""
        with self._lock, self._db:
            self._db.executemany(
                "INSERT INTO behaviour(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                [(key, json.dumps(value)) for key, value in settings.items()],
            )
        return len(settings)

    def _behaves(self, key: str) -> bool:
        row = self._db.execute("SELECT value FROM behaviour WHERE key = ?", [key]).fetchone()
        return row is None or bool(json.loads(row[0]))

    def _known(self, tokens: Sequence[str]) -> set[str]:
        sql = "SELECT token FROM send_log WHERE token IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._db.execute(sql, [json.dumps(list(tokens))])}

    def _blocked(self, pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
        people = json.dumps(sorted({person for person, _ in pairs}))
        sql = "SELECT person, sender FROM block WHERE person IN (SELECT value FROM json_each(?))"
        return pairs & set(self._db.execute(sql, [people]).fetchall())

    def _arrive(self, sent: Sequence[tuple[str, str]], at: str) -> None:
        self._db.executemany("UPDATE send_log SET state = 'delivered' WHERE token = ?", [(token,) for token, _ in sent])
        rows = [
            (kind, token, state, at)
            for token, kind in sent
            for state in (("staff_confirmed", "delivered") if kind == "message" else ("delivered",))
        ]
        self._db.executemany("INSERT INTO receipt(kind, token, state, at) VALUES (?,?,?,?)", rows)

    def _act(self, act: JSON) -> None:
        kind, person, sender, at = act["kind"], act["person"], act.get("sender", ""), act["at"]
        channel, text, token = act.get("channel", "message"), act.get("text", ""), act.get("token", "")
        if kind == "delete":
            self._db.execute("INSERT OR IGNORE INTO block VALUES (?, ?)", [person, sender])
        elif kind == "add":
            self._db.execute("DELETE FROM block WHERE person = ? AND sender = ?", [person, sender])
        self._db.execute(
            "INSERT INTO inbound(channel, kind, person, sender, text, token, at) VALUES (?,?,?,?,?,?,?)",
            [channel, kind, person, sender, text, token, at],
        )
