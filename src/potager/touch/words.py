"""退订词: an answer that is nothing but one of these words means no more marketing through this channel. Pure."""

import unicodedata
from collections.abc import Collection, Mapping
from typing import Annotated, Final

from pydantic import StringConstraints

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
# The channels that have no words of their own.
ANY: Final = "*"
OPT_OUT_WORDS: Final = ("退订", "拒收", "T", "TD", "N", "STOP", "unsubscribe")
_AROUND = "。.!！,，、~～;；:：?？\"'“”‘’「」[]【】()（）"


def is_opt_out(text: str, channel: str, words: Mapping[str, Collection[str]]) -> bool:
    """Whether the whole answer is one of the channel's words: whatever its width and case, and the marks around it."""
    said = _plain(text)
    return bool(said) and said in {_plain(word) for word in words.get(channel, words.get(ANY, ()))}


def _plain(text: str) -> str:
    """NFKC makes one of full and half width."""
    return unicodedata.normalize("NFKC", text).strip().strip(_AROUND).strip().casefold()
