"""Full-text search over scripts and questions: the index, kept in the transaction that changes them, and its reads.

SQLite holds the words in an FTS5 table ranked by BM25, PostgreSQL in a tsvector ranked by ts_rank; both are fed the
same words (content.segment) and match the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from potager.content import segment
from potager.core import store
from potager.core.paging import PageQuery

M = TypeVar("M", bound=Model)
Found = Literal["script", "faq"]
_PLACE: Final[dict[str, int]] = {"script": 0, "faq": 1}
# A title says more than a text: it counts as often.
TITLE_WEIGHT = 3
# A list narrowed by words shows the best of what was found.
_LISTED: Final = 500
# How many of the matches are ranked: of more, the newest. A word that nearly every text holds ranks little anyway.
_RANKED: Final = 1_000
_RANKED_LITE: Final = f"""
SELECT kind, ref FROM content_search WHERE content_search MATCH %s{{only}} AND rowid >= (
    SELECT min(rowid) FROM (SELECT rowid FROM content_search WHERE content_search MATCH %s{{only}}
        ORDER BY rowid DESC LIMIT {_RANKED}))
ORDER BY rank, rowid DESC LIMIT %s
"""
_RANKED_PG: Final = f"""
SELECT kind, ref FROM (
    SELECT id, kind, ref, words FROM content_search WHERE words @@ %s::tsquery{{only}} ORDER BY id DESC LIMIT {_RANKED}
) m ORDER BY ts_rank(words, %s::tsquery, 1) DESC, id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Hit:
    kind: Found
    ref: int


def put(kind: Found, ref: int, title: str, text: str) -> None:
    """Let the script or question numbered `ref` be found by these words from now on. Inside store.write."""
    put_many(kind, [(ref, title, text)])


def put_many(kind: Found, entries: Sequence[tuple[int, str, str]]) -> None:
    """The same for many (ref, title, text) at once."""
    _require_writing()
    rows = []
    for ref, title, text in entries:
        found = segment.words(title) * TITLE_WEIGHT + segment.words(text)
        rows.append((_id(kind, ref), kind, ref, found if store.is_postgres() else " ".join(found)))
    drop(kind, [ref for ref, _, _ in entries])
    with connection.cursor() as cursor:
        if store.is_postgres():
            cursor.executemany(
                "INSERT INTO content_search (id, kind, ref, words) VALUES (%s, %s, %s, array_to_tsvector(%s))", rows
            )
        else:
            cursor.executemany("INSERT INTO content_search (rowid, kind, ref, words) VALUES (%s, %s, %s, %s)", rows)


def drop(kind: Found, refs: Sequence[int]) -> None:
    """Let these be found no more. Inside store.write."""
    _require_writing()
    key = "id" if store.is_postgres() else "rowid"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM content_search WHERE {key} = %s", [(_id(kind, ref),) for ref in refs])


def find(text: str, *, kind: Found | None = None, limit: int = 50) -> list[Hit]:
    """What has every word of `text` (or begins with it), the best first; where nothing has all, what has any.

    Nothing for a text without a word.
    """
    terms = segment.asked(text)
    if not terms:
        return []
    for every in (True, False):
        if hits := _matching(terms, kind, limit, every=every):
            return hits
    return []


def page_of(rows: QuerySet[M], text: str, kind: Found, query: PageQuery) -> tuple[list[M], int]:
    """One page of those of `rows` (scripts or questions) that a search finds, the best first, and how many in all."""
    found = [each.ref for each in find(text, kind=kind, limit=_LISTED)]
    known = set(rows.filter(pk__in=found).order_by().values_list("pk", flat=True))
    ordered = [ref for ref in found if ref in known]
    start = (query.page - 1) * query.size
    shown = ordered[start : start + query.size]
    by_id = {row.pk: row for row in rows.filter(pk__in=shown)}
    return [by_id[ref] for ref in shown], len(ordered)


def _matching(terms: Sequence[str], kind: Found | None, limit: int, *, every: bool) -> list[Hit]:
    postgres = store.is_postgres()
    query = _tsquery(terms, every=every) if postgres else _match(terms, every=every)
    only, params = (" AND kind = %s", [query, kind]) if kind else ("", [query])
    sql = (_RANKED_PG if postgres else _RANKED_LITE).format(only=only)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *params, limit] if not postgres else [*params, query, limit])
        return [Hit(found, int(ref)) for found, ref in cursor.fetchall()]


def _match(terms: Sequence[str], *, every: bool) -> str:
    """FTS5: quoted, so that nothing typed is an operator; each the beginning of a word."""
    quoted = ['"' + term.replace('"', '""') + '"*' for term in terms]
    return (" AND " if every else " OR ").join(quoted)


def _tsquery(terms: Sequence[str], *, every: bool) -> str:
    quoted = ["'" + term.replace("\\", "\\\\").replace("'", "''") + "':*" for term in terms]
    return (" & " if every else " | ").join(quoted)


def _id(kind: Found, ref: int) -> int:
    return ref * 2 + _PLACE[kind]


def _require_writing() -> None:
    if not store.is_writing():
        raise RuntimeError("the index changes inside store.write, with what it finds")
