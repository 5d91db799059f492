"""Set-wise statements in the dialects of both stores, for the paths that carry thousands of rows."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from potager.core import store
from potager.core.bulk import as_json
from potager.core.journal import from_us


def fetch(sql: str, *parameters: Any) -> list[tuple[object, ...]]:
    """Run `sql` and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[object, ...]] = cursor.fetchall()
        return rows


def execute(sql: str, *parameters: Any) -> int:
    """Run `sql` and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def among(column: str, *, text: bool = False) -> str:
    """The condition that `column` is in one bound list of any length (`listed`)."""
    if store.is_postgres():
        return f"{column} = ANY(%s::{'text' if text else 'bigint'}[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def listed(values: Collection[int] | Collection[str]) -> object:
    """The values as the one parameter of `among`."""
    return list(values) if store.is_postgres() else json.dumps(list(values), ensure_ascii=False)


def table_of(rows: Sequence[Sequence[object]], types: Sequence[str]) -> tuple[str, object]:
    """A FROM item `v(c0, c1, …)` of literal rows, and its one parameter. `types` are PostgreSQL's."""
    data = as_json(rows)
    if store.is_postgres():
        picks = ", ".join(
            f"(e->{i}) AS c{i}" if kind == "jsonb" else f"(e->>{i})::{kind} AS c{i}" for i, kind in enumerate(types)
        )
        return f"(SELECT {picks} FROM jsonb_array_elements(%s::jsonb) AS j(e)) AS v", data
    picks = ", ".join(f"json_extract(value, '$[{i}]') AS c{i}" for i in range(len(types)))
    return f"(SELECT {picks} FROM json_each(%s)) AS v", data


def instant(us: int) -> str:
    """An instant as Django stores it in either database."""
    return written(from_us(us))


def written(at: datetime) -> str:
    """An aware UTC datetime as Django stores it in either database."""
    return at.replace(tzinfo=None).isoformat(sep=" ")
