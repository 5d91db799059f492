"""The worked example of CONTRIBUTING is a policy rule that works as it stands there."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from potager.touch.policy import SEND, Verdict, Words
from tests.touch.rules.asking import DAY, NOON, Message, ask

PAGE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"


def test_the_rule_defers_over_the_customers_day_and_says_why():
    section = PAGE.read_text().split("## Adding a policy rule")[1].split("\n## ")[0]
    [code] = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    defined: dict[str, Any] = {"__name__": __name__}
    exec(code, defined)  # the page is ours
    rule = defined["RestDays"]()
    sundays = {"policy": SimpleNamespace(rest_days=[7])}
    held = Verdict("defer", "rest_day", {"day": "2026-11-01"}, datetime(2026, 11, 1, 16, tzinfo=UTC))
    assert ask(rule, Message(), **sundays) == held
    assert ask(rule, Message(purpose="service"), **sundays) == SEND
    assert ask(rule, Message(zone="Pacific/Kiritimati"), at=NOON + DAY / 4, **sundays) == SEND
    assert ask(rule, Message(), policy=SimpleNamespace(rest_days=[])) == SEND
    assert rule.why(held.detail) == Words("2026-11-01 是歇业日", "2026-11-01 is a day of rest")
