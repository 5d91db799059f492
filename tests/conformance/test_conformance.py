"""The same definitions on every engine give the same customers and the same values, to the cent.

DuckDB is the measure, held to the single interpreter by tests/insight. Prints the matrix definitions × engines.
"""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from potager.insight.conditions import bind_metric, bind_rule
from potager.insight.programs import Definition, Output
from tests.insight.garden import FIELDS, Garden

from . import definitions
from .asking import ask, members, together
from .conftest import SIZE, Embedded
from .people import MOMENTS, ZONE

pytestmark = [pytest.mark.conformance, pytest.mark.once]
HOUSE = replace(FIELDS, zone=ZONE)
ENGINES = ("clickhouse", "spark", pytest.param("standalone", marks=pytest.mark.nightly))
# Measures in one statement; and rules, so many that their flags need a second word.
WIDE, MANY = 25, 80


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


@pytest.mark.timeout(900)
def test_every_definition_selects_the_same_customers(
    engine: Any, embedded: Embedded, garden: Garden, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: dict[str, list[bool]] = defaultdict(list)
    different, some = [], 0
    for n, (name, condition) in enumerate(definitions.written()):
        bound, moment = bind_rule(condition, HOUSE), MOMENTS[n % len(MOMENTS)]
        expected = members(embedded, bound, moment, garden.lists)
        some += 0 < len(expected) < SIZE * 19 // 20
        try:
            found = members(engine, bound, moment, garden.lists)
        except Exception as error:  # noqa: BLE001  (an engine may refuse in any way; the matrix goes on)
            different.append((condition, str(error)[:400]))
            rows[name].append(False)
            continue
        rows[name].append(found == expected)
        if found != expected:
            different.append((condition, f"+{sorted(found - expected)[:5]} -{sorted(expected - found)[:5]}"))
    with capsys.disabled():
        print(matrix(engine.capabilities.name, rows))
    assert not different, "\n".join(f"{condition}: {what}" for condition, what in different[:20])
    # A suite of conditions that select nobody would prove nothing.
    assert some > len(definitions.written()) * 2 // 3


@pytest.mark.timeout(900)
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.at.isoformat())
def test_every_measure_has_the_same_value(engine: Any, embedded: Embedded, garden: Garden, moment: Any) -> None:
    """Money in cents, dates, texts and counts exactly; so are means, of numbers every engine can hold."""
    measured = [
        Definition(Output.TAG, f"m{n}", feature=bind_metric(each, HOUSE))
        for n, each in enumerate(definitions.measures())
    ]
    for start in range(0, len(measured), WIDE):
        chunk = measured[start : start + WIDE]
        expected, found = (
            ask(each, together(chunk, each.capabilities.name), moment, garden.lists).sort_by("cid").to_pylist()
            for each in (embedded, engine)
        )
        assert found == expected


@pytest.mark.timeout(900)
def test_definitions_planned_together_answer_alike(engine: Any, embedded: Embedded, garden: Garden) -> None:
    """As a refresh plans them: scans and words of flags shared by many definitions."""
    bounds = [bind_rule(condition, HOUSE) for _, condition in definitions.written()]
    tags = [Definition(Output.TAG, f"t{n}", (("", bound),)) for n, bound in enumerate(bounds)]
    cases = Definition(Output.LAYER, "l", (("a", bounds[0]), ("b", bounds[-4])), "rest")
    for start in range(0, len(tags), MANY):
        chunk = [*tags[start : start + MANY], cases]
        expected, found = (
            ask(each, together(chunk, each.capabilities.name), MOMENTS[0], garden.lists).sort_by("cid").to_pylist()
            for each in (embedded, engine)
        )
        assert found == expected


def matrix(engine: str, rows: dict[str, list[bool]]) -> str:
    """One line per kind of definition: how many of them gave the customers DuckDB gives."""
    lines = [f"\n{'definition':<24} {'asked':>6} {engine:>12}"]
    lines += [f"{name:<24} {len(same):>6} {sum(same):>12}" for name, same in sorted(rows.items())]
    total = [each for same in rows.values() for each in same]
    return "\n".join([*lines, f"{'all':<24} {len(total):>6} {sum(total):>12}"])
