"""insight.forwarder: each change becomes one event in the journal, once."""

from datetime import UTC

import pytest

from potager.core.models import Watermark
from potager.insight import forwarder, refresh
from tests import journalled

from .conftest import Plot, day, define_audience, define_layers, define_tag


@pytest.fixture
def changed(plot: Plot) -> Plot:
    plot.customers(1, 2)
    define_tag("buyer", {"event": "order_paid"})
    define_layers("rfm", "rfm")
    define_audience("fresh", {"event": "order_paid", "within": "7d"})
    refresh.run("2026-10-30")
    plot.order(2, "2026-10-31", 9000)
    refresh.run()
    return plot


def told() -> list[tuple]:
    return [(entry.fact.type, entry.fact.cid, dict(entry.fact.body)) for entry in journalled.entries(0, 1000)]


def test_changes_become_events_in_order(changed):
    assert forwarder.forward_all() == 3
    assert told() == [
        ("layer_changed", 2, {"model": "rfm", "from": "none", "to": "champion", "cause": "refresh"}),
        ("tag_added", 2, {"tag": "buyer", "value": None, "cause": "refresh"}),
        ("audience_entered", 2, {"audience": "fresh", "spell": 1, "cause": "refresh"}),
    ]
    assert {entry.fact.at for entry in journalled.entries(0, 1000)} == {day("2026-11-01").astimezone(UTC)}


def test_forwarding_again_tells_nothing_twice_even_with_the_watermark_lost(changed):
    forwarder.forward_all()
    assert forwarder.forward_all() == 0
    Watermark.objects.all().delete()
    forwarder.forward_all()
    assert len(told()) == 3


def test_small_batches_tell_all(changed):
    assert [forwarder.forward(2), forwarder.forward(2), forwarder.forward(2)] == [2, 1, 0]
    assert len(told()) == 3


def test_a_rebuild_says_so(changed):
    forwarder.forward_all()
    changed.order(1, "2026-10-31", 100)
    refresh.run(cause="rebuild")
    forwarder.forward_all()
    assert {body["cause"] for _, _, body in told()[3:]} == {"rebuild"}


def test_a_warehouse_made_anew_numbers_on_past_what_was_forwarded(changed):
    forwarder.forward_all()
    with changed.warehouse.write() as writer:
        writer.execute("DELETE FROM change_log")
    changed.order(1, "2026-10-31", 100)
    refresh.run()
    assert forwarder.forward_all() > 0
    assert len(told()) > 3
