"""The worked example of CONTRIBUTING is a leaf that works as it stands there."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from potager.insight.conditions.base import Words
from potager.insight.conditions.binding import Binder
from potager.insight.moment import Moment
from potager.insight.single import holds

from .asking import NOW, SHANGHAI, at
from .garden import FIELDS, Bond, Garden, Subject

PAGE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"


def test_the_leaf_answers_alike_in_both_interpreters_and_is_said():
    section = PAGE.read_text().split("## Adding a leaf")[1].split("\n## ")[0]
    [code] = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    defined: dict[str, Any] = {"__name__": __name__}
    exec(code, defined)  # the page is ours
    lost = defined["Lost"].model_validate({"lost_within": "30d"}).bind(Binder(FIELDS), "")
    moment = Moment(NOW, SHANGHAI)
    ends = [None, at("2026-10-03T00:00"), at("2026-10-02T23:59"), datetime(2026, 11, 1, 4, 0, 1, tzinfo=UTC)]
    people = {
        n: Subject(moment, bonds=[Bond("lisi", at("2026-09-01T12:00"), end)]) for n, end in enumerate(ends, start=1)
    }
    assert Garden(SHANGHAI, people).members(lost, moment) == {2}
    assert {n for n, subject in people.items() if holds(lost, subject)} == {2}
    assert lost.say(Words("zh", FIELDS)) == "近 30 天删除过员工"
    assert lost.say(Words("en", FIELDS), negated=True) == "not lost in the last 30 days"
