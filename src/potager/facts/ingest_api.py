"""The ingestion endpoint: the Segment spec at /v1, Basic auth with a write key, no session and no CSRF.

Plain Django views: on this path the body is decoded once, by msgspec.
"""

import base64
import zlib
from collections.abc import Sequence

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from potager.core import store
from potager.core.errors import Problem
from potager.core.store import Lane
from potager.facts import ingest, segment, write_keys
from potager.facts.ingest import Outcome, Rejected
from potager.facts.models import WriteKey

MAX_BODY = 500 * 1024
MAX_ITEMS = 1_000

# Any site may send: the write key says for whom, and no cookie is read.
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
}


class RejectedOut(msgspec.Struct):
    """index is the item's place in the batch, place the field within it."""

    index: int
    code: str
    message: str
    place: str


class Answer(msgspec.Struct):
    success: bool
    accepted: int
    duplicates: int
    rejected: list[RejectedOut]


@csrf_exempt
def receive(request: HttpRequest, call: str) -> HttpResponse:
    """POST /v1/{call}: 200 only after the commit."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=_OPEN)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST, OPTIONS"})
    try:
        answer = _answer(_many(request, call) if call in {"batch", "import"} else _one(request, call), request)
    except Problem as problem:
        refusal = {"code": problem.code, "message": problem.say(_language(request)), "place": problem.place}
        return _json(refusal, problem.status)
    return _json(answer, 200)


def urls() -> list[URLPattern]:
    """/v1/track, /v1/batch and the others."""
    return [path(f"v1/{call}", receive, {"call": call}) for call in (*sorted(segment.CALLS), "batch", "import")]


def _many(request: HttpRequest, call: str) -> Outcome:
    batch = segment.read_batch(_body(request, MAX_BODY))
    key = _key(request, batch.write_key)
    if len(batch.batch) > MAX_ITEMS:
        raise _too_large(f"一批最多 {MAX_ITEMS} 条", f"A batch has at most {MAX_ITEMS} items")
    return _store(key, batch.batch, sent_at=None if call == "import" else batch.sent_at)


def _one(request: HttpRequest, call: str) -> Outcome:
    raw = _body(request, segment.MAX_ITEM)
    outcome = _store(_key(request, segment.write_key_in(raw)), [raw], call=call)
    if outcome.rejected:
        problem = outcome.rejected[0].problem
        raise Problem(problem.code, zh=problem.zh, en=problem.en, place=problem.place, status=400)
    return outcome


def _store(
    key: WriteKey, raws: Sequence[bytes | msgspec.Raw], *, call: str = "", sent_at: str | None = None
) -> Outcome:
    prepared = ingest.read(key, raws, call=call, sent_at=sent_at)
    with store.write(Lane.INGEST):
        return ingest.accept(prepared)


def _body(request: HttpRequest, most: int) -> bytes:
    """The body, unpacked. Its declared length is checked before a byte is read."""
    limit = _too_large(f"请求体超过 {most // 1024} kB", f"The body is larger than {most // 1024} kB")
    if int(request.headers.get("Content-Length") or 0) > most:
        raise limit
    body = request.body
    if request.headers.get("Content-Encoding") == "gzip":
        unpacker = zlib.decompressobj(wbits=31)
        try:
            body = unpacker.decompress(body, most + 1)
        except zlib.error as error:
            raise Problem("ingest.gzip", zh="gzip 内容损坏", en="The gzip body is damaged", status=400) from error
    if len(body) > most:
        raise limit
    return body


def _key(request: HttpRequest, in_body: str | None) -> WriteKey:
    """The write key: Basic auth's user name, or `writeKey` in the body as browsers send it."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    secret = in_body or ""
    if scheme.lower() == "basic":
        try:
            secret = base64.b64decode(encoded, validate=True).decode().partition(":")[0]
        except ValueError:
            secret = ""
    key = write_keys.holder(secret)
    if key is None:
        raise Problem(
            "ingest.write_key",
            zh="写入密钥无效或已吊销：请用 Basic 认证，用户名为写入密钥",
            en="The write key is unknown or revoked: send it as the user name of Basic auth",
            status=401,
        )
    return key


def _answer(outcome: Outcome, request: HttpRequest) -> Answer:
    language = _language(request)

    def out(rejected: Rejected) -> RejectedOut:
        problem = rejected.problem
        return RejectedOut(rejected.index, problem.code, problem.say(language), problem.place)

    return Answer(True, outcome.accepted, outcome.duplicates, [out(each) for each in outcome.rejected])


def _json(body: object, status: int) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json", headers=_OPEN)


def _language(request: HttpRequest) -> str:
    """English unless Chinese is asked for: these answers are read by programmers and logs."""
    return "zh" if request.headers.get("Accept-Language", "").lower().startswith("zh") else "en"


def _too_large(zh: str, en: str) -> Problem:
    return Problem("ingest.too_large", zh=zh, en=en, status=413)
