"""`potager tags`: in bulk from an audience or a condition, looked at first, taken back."""

import json

import pytest
from click.testing import CliRunner

from potager.cli.tags import tags
from potager.core import clock, store
from potager.facts import loader
from potager.insight import definitions
from potager.insight.models import ManualTag
from potager.insight.specs import TagSpec
from potager.org.access import SYSTEM
from potager.people.identify import IdentityRef, resolve


@pytest.fixture
def house_of_three(warehouse) -> None:
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="gold", name_zh="金卡"))
        resolve(
            [[IdentityRef("member_no", "shop", str(n))] for n in range(3)], at=[clock.now()] * 3, source=["store"] * 3
        )
    loader.load_all()


def asked(*arguments: str) -> dict:
    told = CliRunner().invoke(tags, [*arguments, "--json"], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


@pytest.mark.usefixtures("house_of_three")
def test_a_tag_is_set_looked_at_and_taken_back():
    everybody = ("set", "gold", "--where", '{"all": []}')
    assert asked(*everybody, "--dry-run") == {"people": 3, "change": 3, "same": 0, "replaced": 0}
    assert ManualTag.objects.count() == 0
    done = asked(*everybody)
    assert (done["people"], done["changed"], done["replaced"]) == (3, 3, 0)
    assert asked("undo", str(done["batch"])) == {"back": 3, "left": 0}
    assert ManualTag.objects.count() == 0


@pytest.mark.usefixtures("house_of_three")
def test_whom_must_be_said_once():
    for wrong in ((), ("--audience", "a", "--where", "{}")):
        told = CliRunner().invoke(tags, ["set", "gold", *wrong])
        assert (told.exit_code, "one of the two" in told.output) == (2, True)
