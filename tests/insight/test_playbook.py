"""The base pack: everything binds, is computed, exported and applied again unchanged."""

from potager.core import store
from potager.insight import files, refresh
from potager.org.access import SYSTEM
from potager.playbooks import loader

from .conftest import Plot, day


def test_the_base_pack_is_applied_once_and_computed(plot: Plot):
    with store.write():
        first = loader.load(SYSTEM)
    assert {each.change for each in first} == {"new"}
    with store.write():
        again = loader.load(SYSTEM)
    assert {each.change for each in again} == {"unchanged"}
    plot.customers(1, 2, 3, 4, seen="2026-01-01")
    plot.customers(5, 6, seen="2026-10-20")
    for cid, days in ((1, ["2026-10-01", "2026-10-30"]), (2, ["2026-05-01"]), (5, ["2026-10-25"])):
        for on in days:
            plot.order(cid, on, 60_000)
    plot.event(6, "product_viewed", day("2026-10-30"))
    plot.event(6, "product_viewed", day("2026-10-31"))
    refresh.run()
    lifecycle = plot.rows("SELECT cid, layer FROM layer_now WHERE model = 'lifecycle' ORDER BY cid")
    assert lifecycle == [
        (1, "old_repeat"), (2, "old_bought"), (3, "old_no_order"), (4, "old_no_order"), (5, "new_bought"),
        (6, "new_no_order"),
    ]  # fmt: skip
    sizes = dict(plot.rows("SELECT name, n FROM result_state WHERE name LIKE 'tag:%' OR name LIKE 'audience:%'"))
    assert sizes == {
        "tag:buyer": 3, "tag:repeat_buyer": 1, "tag:price_sensitive": 0, "tag:high_ticket": 3, "tag:spent_365": 3,
        "tag:days_since_order": 3, "tag:recent_browser": 1, "tag:high_reply": 0, "tag:activity": 6, "tag:at_risk": 0,
        "tag:birthday_soon": 0, "audience:dormant": 0, "audience:high_value_leaving": 0, "audience:new_not_bought": 1,
        "audience:repurchase_due": 0, "audience:warm_leads": 1,
    }  # fmt: skip


def test_what_is_exported_is_applied_unchanged(plot: Plot):
    with store.write():
        loader.load(SYSTEM)
    import yaml

    for name, text in files.export_all():
        assert files.plan(yaml.safe_load(text)).change == "unchanged", name
