"""facts.warehouse.literals: what is written into SQL comes out of it as it was."""

from pathlib import Path

import duckdb
import pytest

from potager.facts.warehouse.literals import literal, literals


@pytest.mark.parametrize(
    "text", ["", "plain", "it's", "''", "a'; DROP TABLE x; --", "雪花", "back\\slash", "two\nlines"]
)
def test_a_text_comes_back_as_it_was(text):
    assert duckdb.connect().execute(f"SELECT {literal(text)}").fetchone() == (text,)


def test_a_list_of_texts_holds_each():
    assert literals(["a", "b's", Path("/x")]) == "'a', 'b''s', '/x'"
    assert duckdb.connect().execute(f"SELECT 'b''s' IN ({literals(['a', 'b' + chr(39) + 's'])})").fetchone() == (True,)
