"""House-wide choices by dotted key, e.g. "touch.quiet_hours"."""

import json
from typing import Any

from django.db import connection

from potager.core import store
from potager.core.models import Setting


def get(key: str, default: Any) -> Any:
    """The stored JSON value, or the default when never set."""
    # Asked hundreds of times a second while journeys move: building the query would cost more than running it.
    value = "value::text" if store.is_postgres() else "value"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {value} FROM {Setting._meta.db_table} WHERE key = %s", [key])
        row = cursor.fetchone()
    return default if row is None else json.loads(row[0])


def put(key: str, value: Any) -> None:
    """Store a JSON value. The caller's transaction and audit row make it lasting and known."""
    Setting.objects.update_or_create(key=key, defaults={"value": value})
