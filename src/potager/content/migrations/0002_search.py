from typing import Any

from django.db import migrations

# One row per script and question, kept by content.search. What is searched is words already cut: SQLite's tokenizer
# and PostgreSQL's parser only ever see them one by one.
SQLITE = """
CREATE VIRTUAL TABLE content_search USING fts5(
    words, kind UNINDEXED, ref UNINDEXED,
    tokenize = "unicode61 remove_diacritics 0 tokenchars '.+-_#&%'", prefix = '1 2'
)
"""
POSTGRESQL = """
CREATE TABLE content_search (
    id bigint PRIMARY KEY, kind varchar(8) NOT NULL, ref bigint NOT NULL, words tsvector NOT NULL
)
"""
POSTGRESQL_INDEX = "CREATE INDEX content_search_words ON content_search USING gin (words)"


def create(_: Any, editor: Any) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL)
        editor.execute(POSTGRESQL_INDEX)
    else:
        editor.execute(SQLITE, params=None)


def drop(_: Any, editor: Any) -> None:
    editor.execute("DROP TABLE content_search")


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
