"""The simulated platform over HTTP: JSON in, JSON out, one bearer token, loopback only."""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from potager.touch.simulator.store import Store

JSON = Any
Environ = Mapping[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Application:
    """WSGI. Everything is a POST with a JSON body; what a call may say is what `Store` takes."""

    def __init__(self, store: Store, secret: str) -> None:
        self._secret = f"Bearer {secret}".encode()
        self._calls: dict[str, Callable[[JSON], JSON]] = {
            "/alive": lambda _: {"alive": True},
            "/send": lambda body: self._send(store, body),
            "/lookup": lambda body: {"tokens": store.lookup(body["tokens"])},
            "/cancel": lambda body: {"tokens": store.cancel(body["tokens"])},
            "/confirm": lambda body: {"confirmed": store.confirm(body.get("tokens"), body["at"])},
            "/news": lambda body: store.news(body["channel"], body["after"], body["limit"]),
            "/act": lambda body: {"heard": store.people_act(body["acts"])},
            "/phone": lambda body: {"items": store.phone(body["person"])},
            "/log": lambda body: {"items": store.log(body["after"], body["limit"])},
            "/behave": lambda body: {"behaves": store.behave(body)},
        }

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        status, answer = self._answer(environ)
        data = json.dumps(answer, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(data)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [data]

    def _answer(self, environ: Environ) -> tuple[HTTPStatus, JSON]:
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if not hmac.compare_digest(environ.get("HTTP_AUTHORIZATION", "").encode(), self._secret):
            return HTTPStatus.UNAUTHORIZED, {"code": "token"}
        call = self._calls.get(environ["PATH_INFO"])
        if call is None or environ["REQUEST_METHOD"] != "POST":
            return HTTPStatus.NOT_FOUND, {"code": "no_such_call"}
        try:
            return HTTPStatus.OK, call(json.loads(raw or b"{}"))
        except (ValueError, KeyError, TypeError) as error:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"code": "malformed", "message": str(error)}

    @staticmethod
    def _send(store: Store, body: JSON) -> JSON:
        # Only a world has a time of its own to send at; a real customer's message has no business here.
        if not body.get("world_at"):
            raise ValueError("outside_world: messages to real customers are refused")
        return {"results": store.send(body["channel"], body["batches"], body["world_at"])}
