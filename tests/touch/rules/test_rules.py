"""touch.rules: every file there is one rule, with its test, its words and its row in the concept page."""

import re
from pathlib import Path

import pytest

from potager.touch import rules
from potager.touch.rules import BY_NAME, RULES

HERE = Path(__file__).parent
PAGE = (HERE.parents[2] / "docs" / "concepts" / "touch.md").read_text()
FILES = sorted(path.stem for path in Path(rules.__file__).parent.glob("*.py") if path.stem != "__init__")


def test_every_file_is_one_rule_of_its_name():
    assert sorted(rule.NAME for rule in RULES) == FILES
    assert all(type(rule).__module__ == f"potager.touch.rules.{rule.NAME}" for rule in RULES)


def test_every_file_has_its_test():
    tests = {path.stem.removeprefix("test_") for path in HERE.glob("test_*.py")} - {"rules"}
    assert sorted(tests) == FILES


def test_the_concept_page_tells_them_in_their_order():
    section = PAGE.split("## Contact policy")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [rule.NAME for rule in RULES]


def test_ranks_and_setting_keys_differ():
    ranks = [rule.RANK for rule in RULES]
    keys = [rule.SETTING.key for rule in RULES if rule.SETTING]
    assert (ranks, len(set(keys))) == (sorted(set(ranks)), len(keys))


@pytest.mark.parametrize("name", FILES)
def test_every_rule_says_why_in_both_languages(name):
    # What is stored with any rule's verdict; each picks its own.
    said = BY_NAME[name].why({"hours": 24, "limit": 1, "sent": 1, "currency": "CNY"})
    assert "" not in {said.zh, said.en}
    assert re.search("[一-鿿]", said.zh)
    assert not re.search("[一-鿿]", said.en)
