"""core.bulk: many rows in one statement, on both stores."""

from potager.core.bulk import insert_rows, update_rows
from potager.core.models import Job

COLUMNS = {"lane": "text", "kind": "text", "payload": "jsonb", "due_us": "bigint"}


def jobs() -> list[int]:
    columns = COLUMNS | {"lease_until_us": "bigint", "owner": "text", "tries": "integer", "failed": "boolean"}
    rows = [("web", f"k{i}", {"i": i}, 2**60 + i, 0, "", 0, False) for i in range(3)]
    inserted = insert_rows(
        Job._meta.db_table, columns | {"last_error": "text"}, [(*r, "") for r in rows], returning=("id",)
    )
    return sorted(int(row[0]) for row in inserted)


def test_update_rows_sets_the_named_columns_of_the_named_rows(db):
    first, second, third = jobs()
    update_rows(
        Job._meta.db_table,
        {"due_us": "bigint", "payload": "jsonb", "dedupe_key": "text", "failed": "boolean"},
        [(first, 2**61 + 1, {"名": [1]}, "a", True), (third, 7, {}, None, False)],
    )
    rows = Job.objects.order_by("id").values_list("id", "due_us", "payload", "dedupe_key", "failed", "kind")
    assert list(rows) == [
        (first, 2**61 + 1, {"名": [1]}, "a", True, "k0"),
        (second, 2**60 + 1, {"i": 1}, None, False, "k1"),
        (third, 7, {}, None, False, "k2"),
    ]


def test_update_rows_of_nothing_asks_the_store_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        update_rows(Job._meta.db_table, {"due_us": "bigint"}, [])
