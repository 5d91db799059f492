"""RFM-8 and the ninth layer: hand-made cases with non-buyers, ties and one buyer; thresholds of every kind."""

import json
from datetime import date, timedelta

import numpy as np
import pytest

from potager.core import clock
from potager.insight import refresh
from potager.insight.layers import SEGMENT_OF, SEGMENTS
from potager.insight.models import LayerModel

from .conftest import Plot, day, define_layers


def layers(plot: Plot) -> dict[int, str]:
    return dict(plot.rows("SELECT cid, layer FROM layer_now WHERE model = 'rfm'"))


def limits(plot: Plot) -> tuple:
    return plot.rows("SELECT buyers, days, orders, amount FROM rfm_threshold")[0]


@pytest.fixture
def five(plot: Plot) -> Plot:
    """As of 1 November: (days, orders, money) = 1 (2, 3, 90), 2 (2, 1, 300), 3 (100, 2, 30), 4 (200, 1, 10), 5 none."""
    plot.customers(1, 2, 3, 4, 5)
    for on in ("2026-10-30", "2026-10-01", "2026-09-01"):
        plot.order(1, on, 3_000)
    plot.order(2, "2026-10-30", 30_000)
    plot.order(3, "2026-07-24", 1_500)
    plot.order(3, "2026-05-01", 1_500)
    plot.order(4, "2026-04-15", 1_000)
    return plot


def test_thresholds_are_means_over_buyers_only(five):
    define_layers("rfm", "rfm")
    refresh.run()
    assert limits(five) == (4, 76.0, 1.75, 10_750.0)
    assert layers(five) == {1: "raise_value", 2: "develop", 3: "keep_low", 4: "let_go", 5: "none"}


@pytest.mark.parametrize(
    ("thresholds", "expected", "found"),
    [
        ({"rule": "median"}, (4, 51.0, 1.5, 6_000.0), {1: "champion", 2: "develop", 3: "keep_low", 4: "let_go"}),
        (
            {"rule": "quantile", "q": 0.75},
            (4, 2.0, 2.25, 14_250.0),
            {1: "raise_value", 2: "develop", 3: "let_go", 4: "let_go"},
        ),
        (
            {"rule": "fixed", "days": 200, "orders": 2, "amount": "10.00"},
            (4, 200.0, 2.0, 1_000.0),
            {1: "champion", 2: "develop", 3: "champion", 4: "develop"},
        ),
    ],
)
def test_other_thresholds(five, thresholds, expected, found):
    define_layers("rfm", "rfm", thresholds=thresholds)
    refresh.run()
    assert limits(five) == expected
    assert layers(five) == found | {5: "none"}


def test_a_single_buyer_is_at_every_average_and_so_high(plot):
    plot.customers(1, 2)
    plot.order(1, "2026-01-10", 1)
    define_layers("rfm", "rfm")
    refresh.run()
    assert layers(plot) == {1: "champion", 2: "none"}


def test_equal_buyers_all_stand_at_the_average_and_so_high(plot):
    plot.customers(1, 2, 3)
    for cid in (1, 2, 3):
        plot.order(cid, "2026-10-01", 3_333)
    define_layers("rfm", "rfm")
    refresh.run()
    assert layers(plot) == dict.fromkeys((1, 2, 3), "champion")


def test_nobody_bought(plot):
    plot.customers(1, 2)
    define_layers("rfm", "rfm")
    refresh.run()
    assert limits(plot) == (0, None, None, None)
    assert layers(plot) == {1: "none", 2: "none"}


def test_money_is_net_of_refunds_and_unpaid_orders_do_not_count(plot):
    plot.customers(1, 2, 3)
    first = plot.order(1, "2026-10-01", 9_000)
    plot.refund(first, 1, "2026-10-05", 8_500)
    plot.refund(first, 1, "2026-11-05", 500)
    plot.order(2, "2026-10-01", 1_000)
    plot.order(3, "2026-10-01", 50_000, status="created")
    plot.order(3, "2026-10-02", 50_000, status="cancelled")
    define_layers("rfm", "rfm")
    refresh.run()
    assert limits(plot) == (2, 31.0, 1.0, 750.0)
    assert layers(plot) == {1: "raise_value", 2: "champion", 3: "none"}


def test_the_window_is_so_many_business_dates(plot):
    plot.customers(1, 2)
    plot.order(1, "2026-10-23", 100)
    plot.order(2, "2026-10-22", 100)
    define_layers("rfm", "rfm", days=10)
    refresh.run()
    assert layers(plot) == {1: "champion", 2: "none"}


def test_the_next_day_moves_people_and_their_history_says_so(five):
    define_layers("rfm", "rfm", days=20)
    refresh.run()
    assert layers(five)[2] == "champion"
    with clock.frozen(day("2026-11-30")):
        refresh.run()
    assert layers(five)[2] == "none"
    history = five.rows("SELECT layer, from_day, to_day FROM layer_history WHERE cid = 2 ORDER BY from_day")
    assert [(layer, str(first), str(last)) for layer, first, last in history] == [
        ("champion", "2026-11-01", "2026-11-30"),
        ("none", "2026-11-30", "None"),
    ]


def test_settings_are_read_as_written(five):
    define_layers("rfm", "rfm", days=1)
    LayerModel.objects.filter(key="rfm").update(settings={"days": 365, "thresholds": {"rule": "mean"}})
    refresh.run()
    assert sorted(layers(five).values()) == ["develop", "keep_low", "let_go", "none", "raise_value"]


def test_quintiles_score_buyers_by_fifths_and_equal_values_alike(plot):
    """Eleven buyers, ties in all three: the fifths of numpy's inverted distribution function decide."""
    rng = np.random.default_rng(5)
    facts = {
        cid: (int(rng.integers(0, 40)), int(rng.integers(1, 5)), int(rng.integers(1, 9)) * 100) for cid in range(1, 41)
    }
    plot.customers(*facts, 99)
    for cid, (days, orders, money) in facts.items():
        last = date(2026, 11, 1) - timedelta(days=days)
        for n in range(orders):
            plot.order(cid, (last - timedelta(days=n)).isoformat(), money if n == 0 else 0)
    define_layers("rfm", "rfm", thresholds={"rule": "quintile"})
    refresh.run()
    table = np.array(list(facts.values()))
    cuts = [np.quantile(table[:, i], [0.2, 0.4, 0.6, 0.8], method="inverted_cdf") for i in range(3)]

    def segment(row):
        r, f, m = (int((value > ends).sum()) for value, ends in zip(row, cuts, strict=True))
        return SEGMENT_OF[4 - r][(f + 1 + m + 1 + 1) // 2 - 1]

    assert layers(plot) == {cid: segment(facts[cid]) for cid in facts} | {99: "none"}
    assert len(set(layers(plot).values())) > 7
    stored = plot.rows("SELECT buyers, days, orders, amount, cuts FROM rfm_threshold")[0]
    assert stored[:4] == (40, None, None, None)
    assert json.loads(stored[4]) == {name: ends.tolist() for name, ends in zip("rfm", cuts, strict=True)}


def test_every_pair_of_scores_has_a_segment_and_every_segment_a_pair():
    assert [len(row) for row in SEGMENT_OF] == [5] * 5
    assert {key for row in SEGMENT_OF for key in row} == set(SEGMENTS)


def test_a_merge_scores_again_by_the_new_fifths(five):
    define_layers("rfm", "rfm", thresholds={"rule": "quintile"})
    refresh.run(day("2026-11-01", hour=1))
    five.order(5, "2026-11-01", 90_000, hour=2)
    assert refresh.merge().mode == "merge"
    merged = layers(five)
    assert refresh.run().changes == 0
    assert layers(five) == merged
    assert merged[5] != "none"
