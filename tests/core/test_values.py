"""core.money, core.ids, core.crypto, core.choices: values that must mean the same everywhere."""

import stat
from decimal import Decimal

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from potager.core import choices, crypto, ids, money, store
from potager.core.errors import Problem
from potager.core.settings import Environment, database_settings, environment


@given(st.integers(-(10**15), 10**15), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_minor_units_survive_the_way_out_and_back(minor, currency):
    assert money.to_minor(money.to_decimal(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.5", "CNY", 1250), ("1,234.00", "USD", 123400), ("-3", "JPY", -3), (" 0.1 ", "KWD", 100)],
)
def test_amounts_people_write(text, currency, minor):
    assert money.to_minor(text, currency) == minor


@pytest.mark.parametrize("text", ["12.345", "twelve", "", "NaN", "Infinity", "1e999999"])
def test_amounts_that_are_none(text):
    with pytest.raises(Problem) as refused:
        money.to_minor(text, "CNY")
    assert refused.value.code == "money.malformed"


def test_shown_amounts_carry_symbol_sign_and_thousands():
    assert money.show(123456, "CNY") == "¥1,234.56"
    assert money.show(-5, "USD") == "-$0.05"
    assert money.show(100, "CHF") == "CHF 1.00"
    assert money.to_decimal(5, "CNY") == Decimal("0.05")


def test_keys_tell_apart_parts_that_join_to_the_same_text():
    assert ids.key_of("a", "bc") != ids.key_of("ab", "c")
    assert ids.key_of("店", "1") == ids.key_of("店", "1")
    assert all(-(2**63) <= half < 2**63 for half in ids.key_of("x"))


def test_buckets_are_even_and_stable():
    counts = [0] * 10
    for i in range(20_000):
        counts[ids.bucket_of("salt", f"p{i}", 10)] += 1
    assert all(1800 < count < 2200 for count in counts)
    assert ids.bucket_of("salt", "p1") == ids.bucket_of("salt", "p1")


def test_a_sealed_value_opens_only_in_its_own_place():
    place = crypto.lookup("phone", "", "+8613800000000")
    sealed = crypto.seal("+8613800000000", place)
    assert b"138" not in sealed
    assert crypto.unseal(sealed, place) == "+8613800000000"
    with pytest.raises(InvalidTag):
        crypto.unseal(sealed, crypto.lookup("phone", "", "+8613900000000"))


def test_a_value_sealed_with_another_key_says_so():
    with pytest.raises(Problem, match="another key"):
        crypto.unseal(b"deadbeef" + bytes(40), b"")


def test_hints_show_enough_to_recognise():
    assert crypto.hint("phone", "13800000000") == "138****0000"
    assert crypto.hint("email", "lan@example.com") == "l***@example.com"
    assert crypto.hint("phone", "123") == "***"


def test_the_key_file_is_made_once_and_private(monkeypatch, tmp_path):
    monkeypatch.delenv("POTAGER_KEY")
    monkeypatch.setenv("POTAGER_HOME", str(tmp_path / "new"))
    for cached in (crypto.keys, environment):
        cached.cache_clear()
    try:
        first = crypto.keys()
        crypto.keys.cache_clear()
        assert crypto.keys() == first
        path = tmp_path / "new" / "key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        path.write_text("not hex")
        crypto.keys.cache_clear()
        with pytest.raises(Problem, match="64 hexadecimal"):
            crypto.keys()
    finally:
        monkeypatch.undo()
        for cached in (crypto.keys, environment):
            cached.cache_clear()


def test_choices_keep_json_by_key(db):
    assert choices.get("touch.policy", {"cap": 1}) == {"cap": 1}
    with store.write():
        choices.put("touch.policy", {"cap": 2})
        choices.put("touch.policy", {"cap": 3})
    assert choices.get("touch.policy", None) == {"cap": 3}


def test_a_database_url_is_taken_apart(tmp_path):
    env = Environment(tmp_path, "postgresql://lan:p%40ss@db:6543/garden", debug=False, allowed_hosts=())
    settings = database_settings(env)
    assert (settings["NAME"], settings["USER"], settings["PASSWORD"]) == ("garden", "lan", "p@ss")
    assert (settings["HOST"], settings["PORT"]) == ("db", "6543")


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://host", "garden"])
def test_other_database_urls_are_refused_with_the_cure(tmp_path, url):
    with pytest.raises(Problem, match="postgresql://user@host"):
        database_settings(Environment(tmp_path, url, debug=False, allowed_hosts=()))
