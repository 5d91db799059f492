"""The ways into a simulated world: a staff-confirmed message and an SMS. HTTP to the simulator's own process."""

import threading
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal

import httpx

from potager.core import clock, store
from potager.touch.channels import Batch, Capabilities, Inbound, News, Receipt, Result, Unavailable, Uncertain
from potager.touch.life import State
from potager.touch.simulator import launcher
from potager.touch.simulator.launcher import Address

TIMEOUT = 30.0


class Simulator:
    """Calls to the simulator of a folder; also what the demo's people use to act on their phones."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = home
        self._address: Address | None = None
        self._client: httpx.Client | None = None
        self._closer: Callable[[], object] | None = None
        # One call at a time: a failed one closes the connection, and must not do so under another's feet.
        self._lock = threading.RLock()

    def call(self, path: str, body: Mapping[str, object]) -> Any:
        """One call. Raises Unavailable when it certainly was not heard, Uncertain when it may have been."""
        if store.is_writing():
            raise RuntimeError("a channel call inside store.write would hold everybody up")
        with self._lock:
            client, at = self._reach()
            try:
                answer = client.post(f"{at.url}{path}", json=body, headers=at.headers)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                self.forget()
                raise Unavailable(str(error)) from error
            except httpx.TransportError as error:
                self.forget()
                raise Uncertain(str(error)) from error
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                # Another one took the port: the address file says where ours is now.
                self.forget()
                raise Unavailable("the simulator moved")
        if answer.status_code in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
            raise Unavailable(f"the simulator answered {answer.status_code}")
        if answer.is_server_error:
            raise Uncertain(f"the simulator answered {answer.status_code}")
        answer.raise_for_status()
        return answer.json()

    def forget(self) -> None:
        """Close the connection and read the address anew next time."""
        with self._lock:
            if self._closer is not None:
                self._closer()
            self._client = self._address = self._closer = None

    def phone(self, person_key: str) -> list[dict[str, Any]]:
        """What this person's phone shows, oldest first."""
        items: list[dict[str, Any]] = self.call("/phone", {"person": person_key})["items"]
        return items

    def act(self, acts: Sequence[Mapping[str, object]]) -> None:
        """People do things on their phones: {kind: reply|delete|add, person, sender, text?, token?, channel?, at}."""
        self.call("/act", {"acts": list(acts)})

    def confirm(self, at: datetime, tokens: Sequence[str] | None = None) -> int:
        """Simulated staff send waiting messages (all, or these)."""
        confirmed: int = self.call("/confirm", {"at": at.isoformat(), "tokens": tokens})["confirmed"]
        return confirmed

    def _reach(self) -> tuple[httpx.Client, Address]:
        if self._address is None:
            self._address = launcher.address(self._home or launcher.default_home())
        if self._address is None:
            raise Unavailable("no simulator was started for this house")
        if self._client is None:
            self._client = httpx.Client(timeout=TIMEOUT, trust_env=False)
            self._closer = weakref.finalize(self, self._client.close)
        return self._client, self._address


class SimulatedChannel:
    """A way out of a world. Real customers are not in a world: a house that is none is refused here and there."""

    def __init__(self, kind: Literal["message", "sms"], simulator: Simulator) -> None:
        self.simulator = simulator
        self._kind = kind
        self.key = f"sim_{kind}"
        self.capabilities = _MESSAGE if kind == "message" else _SMS

    def send(self, batches: Sequence[Batch], at: datetime) -> list[Result]:
        tokens = [to.token for batch in batches for to in batch.to]
        if not clock.is_world():
            return [Result(token, "refused", "outside_world") for token in tokens]
        parcels = [
            {"sender": batch.sender, "text": batch.text, "to": [(to.token, to.person_key) for to in batch.to]}
            for batch in batches
        ]
        body = {"channel": self._kind, "world_at": at.isoformat(), "batches": parcels}
        said = self.simulator.call("/send", body)["results"]
        return [
            Result(token, "accepted") if said[token] == "accepted" else Result(token, "refused", said[token])
            for token in tokens
        ]

    def lookup(self, tokens: Collection[str]) -> set[str]:
        return set(self._ask("/lookup", {"tokens": list(tokens)})["tokens"])

    def cancel(self, tokens: Collection[str], at: datetime) -> set[str]:  # noqa: ARG002 -- the simulator has no clock
        return set(self._ask("/cancel", {"tokens": list(tokens)})["tokens"])

    def news(self, after: int, limit: int) -> News:
        if after == 0 and not clock.is_world():
            return News(after)
        said = self._ask("/news", {"channel": self._kind, "after": after, "limit": limit})
        return News(
            cursor=said["cursor"],
            receipts=[
                Receipt(token, State(state), datetime.fromisoformat(at), reason)
                for token, state, at, reason in said["receipts"]
            ],
            inbound=[
                Inbound(f"{self.key}:{seq}", kind, person, sender, datetime.fromisoformat(at), token, text)
                for seq, kind, person, sender, text, token, at in said["inbound"]
            ],
        )

    def _ask(self, path: str, body: Mapping[str, object]) -> Any:
        # A question that broke off can be asked again.
        try:
            return self.simulator.call(path, body)
        except Uncertain as error:
            raise Unavailable(str(error)) from error


_MESSAGE = Capabilities(
    name_zh="模拟·员工消息",
    name_en="Simulated staff message",
    receipts=frozenset(
        {State.HANDED_OVER, State.STAFF_CONFIRMED, State.DELIVERED, State.FAILED, State.EXPIRED, State.REPLIED}
    ),
    looks_up=True,
    cancels=True,
    needs_sender=True,
    mass=True,
)
_SMS = Capabilities(
    name_zh="模拟·短信",
    name_en="Simulated SMS",
    receipts=frozenset({State.HANDED_OVER, State.DELIVERED, State.FAILED, State.REPLIED}),
    looks_up=True,
    cancels=False,
    needs_sender=False,
    text_limit=500,
)
