"""Documentation keeps its word: links lead somewhere, commands exist, decisions are numbered once."""

import re
from collections import Counter
from pathlib import Path

import pytest

from potager.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
COMMAND = re.compile(r"(?:bin/potager|(?<=`)potager) ([a-z]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_pictures_lead_somewhere(page):
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_named_in_pages_exist(page):
    named = set(COMMAND.findall(page.read_text()))
    assert named <= set(COMMANDS)


def test_decision_records_are_numbered_once_and_say_what_why_and_instead():
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = Counter(record.name[:4] for record in records)
    assert [number for number, times in numbers.items() if times > 1] == []
    for record in records:
        assert record.read_text().startswith(f"# {record.name[:4]} · "), record.name


def test_no_page_names_a_registry():
    for page in PAGES:
        text = page.read_text()
        assert not re.search(r"pypi\.org|npmjs|deb\.debian", text), page
