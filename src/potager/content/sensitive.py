"""Sensitive words in texts: which, where, and what to write instead. Pure.

A shipped list knows the absolutes that advertising law forbids and claims only medicine may make. The house adds words
of its own, and may lift a shipped one. Harmless uses (第一次, 最好先) are known by what follows the word.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from potager.content.starter_words import ABSOLUTE, MEDICAL, PROMISE, SHIPPED

Reason = Literal["absolute", "medical", "promise", "house", "persona"]
CURES: Mapping[str, tuple[str, str]] = {
    ABSOLUTE: (
        "改成说得出依据的事实，例如「我们店里回购最多的」",
        "say a fact you can prove, such as “the one our customers buy again most”",
    ),
    MEDICAL: (
        "只有药品和器械能这样说：改成使用感受，例如「用着不紧绷」",
        "only medicine may claim this: say how it feels in use",
    ),
    PROMISE: ("删掉承诺，改成写明的售后条款", "drop the promise and state the written terms of service"),
    "house": ("按本公司的规定换一种说法", "say it another way, as the house has decided"),
    "persona": ("这个人设不用这个词：换成它会说的话", "this persona does not use the word: say it in its own voice"),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word to look for. unless: what may follow it harmlessly. cure_*: "" stands for the reason's own."""

    word: str
    blocking: bool
    reason: Reason
    unless: tuple[str, ...] = ()
    cure_zh: str = ""
    cure_en: str = ""

    def cure(self, language: str) -> str:
        """What to write instead."""
        zh, en = CURES[self.reason]
        return (self.cure_zh or zh) if language.lower().startswith("zh") else (self.cure_en or en)


@dataclass(frozen=True, slots=True)
class Finding:
    """A word found: in which text ("text", "new", "old", …), from which character (counted from 0) to before which."""

    place: str
    start: int
    end: int
    word: Word


def shipped() -> dict[str, Word]:
    """The starter list by word."""
    return {word: Word(word, blocking, reason, unless) for reason, word, blocking, unless in SHIPPED}


def find(texts: Mapping[str, str], words: Iterable[Word]) -> list[Finding]:
    """Every place a word stands, text by text from its start. Of words at one place the longest counts."""
    known = sorted(words, key=lambda each: -len(each.word))
    if not known:
        return []
    by_word = {each.word.lower(): each for each in known}
    # Case is that of ASCII alone: lowering other scripts can make a text longer, and move every place behind it.
    pattern = re.compile("|".join(re.escape(each.word) for each in known), re.IGNORECASE | re.ASCII)
    found = []
    for place, text in texts.items():
        for match in pattern.finditer(text):
            word = by_word[match[0].lower()]
            if not text.startswith(word.unless, match.end()):
                found.append(Finding(place, match.start(), match.end(), word))
    return found


def blocking(findings: Sequence[Finding]) -> list[Finding]:
    """Those that refuse publishing."""
    return [each for each in findings if each.word.blocking]
