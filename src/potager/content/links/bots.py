"""Who is no customer: crawlers, previews, prefetching browsers, programs. Pure."""

from collections.abc import Mapping
from typing import Final

from crawlerdetect import CrawlerDetect

_known: Final = CrawlerDetect()
# A browser that fetches what its reader may open says so in one of these.
_AHEAD: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_AHEAD_WORDS: Final = ("prefetch", "preview", "prerender")
# Tencent's scanner of links sent in chats, which comes as a browser nobody has any more; no list of crawlers has it.
# What scans under a reader's own name comes right behind the reader, and is no second opening (opening.SAME).
_SCANNER: Final = "tencenttraveler"


def is_machine(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is not somebody's who opened the link: not by GET, ahead of its reader, or by a program.

    headers  by name, without regard to case
    """
    if method != "GET":
        return True
    if any(word in headers.get(name, "").lower() for name in _AHEAD for word in _AHEAD_WORDS):
        return True
    # What says who it is at greater length is looked at in its beginning: the list takes time by the letter.
    agent = headers.get("User-Agent", "").strip()[:512]
    # Every browser and every chat's window says what it is, and that it speaks as Mozilla does.
    if not agent.startswith("Mozilla/") and not agent.startswith("Opera/"):
        return True
    return _SCANNER in agent.lower() or bool(_known.isCrawler(agent))
