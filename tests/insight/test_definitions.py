"""insight.definitions and files: what is refused when definitions are saved or removed."""

import pytest

from potager.core import store
from potager.core.errors import Conflict, NotFound, Problem
from potager.insight import definitions, files
from potager.insight.models import ManualTag, TagDefinition
from potager.insight.specs import AudienceSpec, LayerSpec, TagSpec
from potager.org.access import SYSTEM
from potager.people.models import Identity

from .conftest import define_tag

RULE = {"event": "order_paid"}
LIFE = {
    "layers": [{"key": "bought", "zh": "已购", "when": RULE}],
    "else": {"key": "new", "zh": "未购"},
}


def save(spec):
    verb = {
        TagSpec: definitions.save_tag, LayerSpec: definitions.save_layers, AudienceSpec: definitions.save_audience,
    }[type(spec)]  # fmt: skip
    with store.write():
        return verb(SYSTEM, spec)


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        (TagSpec(key="a", name_zh="a", source="rule"), "rule"),
        (TagSpec(key="a", name_zh="a", rule=RULE), "rule"),
        (TagSpec(key="a", name_zh="a", value_kind="money"), "value_kind"),
        (TagSpec(key="a", name_zh="a", source="rule", rule={"event": "order_payd"}), "event"),
        (TagSpec(key="a", name_zh="a", source="metric", rule={"event": "order_paid", "op": "eq"}), "op"),
        (TagSpec(key="a", name_zh="a", source="cases", rule={"cases": [{"value": "x"}]}), "cases[0].when"),
        (
            TagSpec(key="a", name_zh="a", value_kind="choice", options=["hot"], labels={"hto": {"zh": "热"}}),
            "labels.hto",
        ),
        (LayerSpec(key="l", name_zh="l", kind="rfm", settings={"days": 0}), "days"),
        (LayerSpec(key="l", name_zh="l", kind="ordered", settings={"layers": []}), "layers"),
        (
            LayerSpec(key="l", name_zh="l", kind="ordered", settings=LIFE | {"else": {"key": "bought", "zh": "x"}}),
            "layers",
        ),
        (AudienceSpec(key="x", name_zh="x", condition={"audience": "x"}), ""),
        (AudienceSpec(key="x", name_zh="x", condition={"audience": "y"}), "audience"),
    ],
)
def test_a_mistake_is_refused_at_its_place_and_nothing_is_kept(house, spec, place):
    with pytest.raises(Problem) as refused:
        save(spec)
    assert refused.value.place == place
    assert TagDefinition.objects.count() == 0


def test_what_is_used_cannot_go(house):
    save(TagSpec(key="buyer", name_zh="买家", source="rule", rule=RULE))
    save(LayerSpec(key="life", name_zh="新老客", kind="ordered", settings=LIFE))
    save(AudienceSpec(key="best", name_zh="好客", condition={"layer": "life", "in": ["bought"]}))
    save(AudienceSpec(key="fans", name_zh="粉丝", condition={"all": [{"audience": "best"}, {"tag": "buyer"}]}))
    for kind, key in (("tag", "buyer"), ("layers", "life"), ("audience", "best")):
        with pytest.raises(Conflict, match="still in use"), store.write():
            definitions.remove(SYSTEM, kind, key)
    with pytest.raises(NotFound), store.write():
        definitions.remove(SYSTEM, "tag", "nothing")
    with store.write():
        for kind, key in (("audience", "fans"), ("audience", "best"), ("layers", "life"), ("tag", "buyer")):
            definitions.remove(SYSTEM, kind, key)


def test_a_tag_customers_carry_keeps_its_kind_and_stays(warehouse):
    from potager.core import clock
    from potager.people.models import Customer

    define_tag("friendly", source="manual")
    customer = Customer.objects.create(created_at=clock.now(), first_seen_at=clock.now(), person_key="p")
    identity = Identity.objects.create(
        type="member_no", realm="s", value="1", customer=customer, home_cid=customer.pk, first_us=0
    )
    ManualTag.objects.create(identity=identity, customer=customer, tag="friendly", since=clock.now(), by="x")
    with pytest.raises(Conflict, match="by hand"):
        save(TagSpec(key="friendly", name_zh="x", source="rule", rule=RULE))
    with pytest.raises(Conflict, match="still carry"), store.write():
        definitions.remove(SYSTEM, "tag", "friendly")


def test_a_file_is_planned_applied_and_exported(house):
    document = {"kind": "audience", "key": "buyers", "name_zh": "买家", "condition": RULE}
    assert files.plan(document).change == "new"
    with store.write():
        files.apply(SYSTEM, document)
    changed = document | {"name_zh": "客户"}
    assert "+name_zh: 客户" in files.plan(changed).diff
    assert files.export("audience", "buyers").startswith("kind: audience\nkey: buyers\nname_zh: 买家\n")


@pytest.mark.parametrize(
    ("document", "place"),
    [({"kind": "audiences"}, "kind"), ({"kind": "tag", "key": "A", "name_zh": "x"}, "key"), ({"kind": "tag"}, "key")],
)
def test_a_file_that_is_no_definition_is_refused(house, document, place):
    with pytest.raises(Problem) as refused:
        files.plan(document)
    assert refused.value.place == place


def test_what_is_not_stored_cannot_be_exported(house):
    with pytest.raises(NotFound):
        files.export("tag", "nothing")
