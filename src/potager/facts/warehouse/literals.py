"""Texts inside SQL."""

from collections.abc import Iterable


def literal(text: object) -> str:
    """A text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def literals(texts: Iterable[object]) -> str:
    """Texts as the inside of an SQL list."""
    return ", ".join(literal(text) for text in texts)
