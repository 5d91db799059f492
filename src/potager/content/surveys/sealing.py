"""Personal answers as they are kept: unreadable, comparable by their lookup, with a hint (as identities are)."""

import base64
from collections.abc import Mapping
from typing import Any

from potager.content.surveys.specs import SurveyQuestion
from potager.core import crypto


def kept(question: SurveyQuestion, answer: Any) -> Any:
    """An answer as it is stored: sealed when personal."""
    if not question.is_sealed:
        return answer
    kind, text = _kind(question), str(answer)
    return {
        "sealed": base64.b64encode(crypto.seal(text, _context(question))).decode(),
        "lookup": crypto.lookup(kind, "", text).hex(),
        "hint": crypto.hint("phone", text) if question.kind == "phone" else "",
    }


def opened(question: SurveyQuestion, answer: Any) -> Any:
    """What `kept` put away, in clear."""
    if isinstance(answer, Mapping):
        return crypto.unseal(base64.b64decode(answer["sealed"]), _context(question))
    return answer


def _kind(question: SurveyQuestion) -> str:
    return "phone" if question.kind == "phone" else "answer"


def _context(question: SurveyQuestion) -> bytes:
    return f"survey|{question.key}".encode()
