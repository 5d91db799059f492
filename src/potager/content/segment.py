"""Texts as words, for full-text search. Pure.

Chinese is written without spaces; `rjieba` cuts it. The index holds the long words and the short ones inside them, a
search asks for the beginnings of the words typed, so that 烟酰 finds 烟酰胺.
"""

import re

import rjieba

# A word of the index begins with a letter, a digit or a Chinese character.
_WORD = re.compile(r"\w")
# Words in nearly every text, which tell nothing apart.
_EMPTY = frozenset([*"的了吗呢吧啊呀哦是我你您和在也都就", "the", "a", "an", "of", "to", "is", "and"])
# What a search asks for at most: a question somebody pastes is longer than it needs to be.
MOST = 12


def words(text: str) -> list[str]:
    """Every word of a text in lower case, in its order, long words together with those inside them."""
    return [word for word in _cleaned(rjieba.cut_for_search(text)) if word not in _EMPTY]


def asked(text: str) -> list[str]:
    """The words a search is for, each once, the first MOST; empty words only when there is no other."""
    typed = list(dict.fromkeys(_cleaned(rjieba.cut(text))))
    return ([word for word in typed if word not in _EMPTY] or typed)[:MOST]


def _cleaned(pieces: list[str]) -> list[str]:
    return [piece.strip().lower() for piece in pieces if _WORD.search(piece)]
