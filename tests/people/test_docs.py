"""docs/concepts/identity.md and docs/reference/ingestion.md name what there is."""

import re
from pathlib import Path

from potager.facts import commerce, ingest_api, personal, segment
from potager.people.identity_types import TIERS
from potager.people.partition import CROWD

DOCS = Path(__file__).resolve().parents[2] / "docs"
IDENTITY = (DOCS / "concepts" / "identity.md").read_text()
INGESTION = (DOCS / "reference" / "ingestion.md").read_text()


def test_every_identity_type_stands_in_its_tier():
    rows = re.findall(r"^\| (`.*?`) \| (\w+) \|", IDENTITY, re.MULTILINE)
    said = {kind: tier for kinds, tier in rows for kind in re.findall(r"`(\w+)`", kinds)}
    assert said == {kind: tier.name.lower() for kind, tier in TIERS.items()}
    assert f"more than {CROWD} identities" in IDENTITY


def test_every_call_limit_and_sealed_property_is_named():
    words = set(re.findall(r"\w+", INGESTION))
    assert segment.CALLS | personal.ALWAYS | {"batch", "import"} <= words
    assert f"{ingest_api.MAX_BODY // 1024} kB" in INGESTION
    assert f"{ingest_api.MAX_ITEMS:,} items" in INGESTION
    assert f"{segment.MAX_ITEM // 1024} kB" in INGESTION


def test_every_order_event_is_named():
    named = {segment.event_key(name) for name in re.findall(r"Order [A-Z]\w+", INGESTION)} | {"order_paid"}
    assert named == commerce.ORDER_EVENTS.keys() | commerce.REFUND_EVENTS
