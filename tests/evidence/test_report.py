"""A journey's result on hand-made facts: who counts, what is summed, what is said."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from scipy import stats as scipy_stats

from potager.core import choices, store
from potager.core.errors import NotFound
from potager.evidence import arms, report
from tests.conftest import NOON
from tests.evidence.people import ENTRY, SOP, WINDOW, assign, buyers
from tests.hand_made import order, put, put_events, refund


def result(as_of: datetime = NOON):
    return report.journey(SOP, as_of)


def figures(found) -> dict:
    return {each.key: each for each in [*found.figures, *found.guardrails]}


def agrees_with_welch(amount, treated: list[int], control: list[int]) -> None:
    """An amount's sums are exact, its interval is scipy's."""
    one, zero = np.array(treated, dtype=float), np.array(control, dtype=float)
    assert (amount.treated.numerator, amount.control.numerator) == (one.sum(), zero.sum())
    welch = scipy_stats.ttest_ind(one, zero, equal_var=False).confidence_interval(0.95)
    assert amount.per_thousand.low == pytest.approx(welch.low * 1000, rel=1e-4)
    assert amount.per_thousand.high == pytest.approx(welch.high * 1000, rel=1e-4)
    assert amount.total.value == pytest.approx((one.mean() - zero.mean()) * len(one))
    assert amount.relative.value == pytest.approx(one.mean() / zero.mean() - 1)


def test_everything_equals_a_count_person_by_person(experiment, warehouse):
    """500 people, random facts around their windows; the sums are recounted in plain Python, the intervals by scipy."""
    rng = np.random.default_rng(8)
    people = range(1, 501)
    entry = {cid: ENTRY + timedelta(seconds=int(rng.integers(0, 5 * 86_400))) for cid in people}
    treated = {cid for cid in people if rng.random() < 0.7}
    for cid in people:
        assign(experiment, [cid], "treated" if cid in treated else "control", entry=entry[cid])

    def moment(cid: int) -> datetime:
        return entry[cid] + timedelta(seconds=int(rng.integers(-20 * 86_400, 25 * 86_400)))

    orders, refunds, costs = [], [], []
    for number in range(900):
        cid, amount = int(rng.integers(1, 501)), int(rng.integers(100, 90_000))
        orders.append((f"n{number}", cid, moment(cid), amount, amount * int(rng.integers(20, 60)) // 100))
        if number % 9 == 0:
            refunds.append((f"r{number}", f"n{number}", cid, moment(cid), amount // 3, amount, orders[-1][4]))
        if number % 4 == 0:
            costs.append((cid, moment(cid), 5))
    put(warehouse, "orders", [order(no, cid, at, amount, cost) for no, cid, at, amount, cost in orders])
    put(warehouse, "refund", [refund(no, of, cid, at, amount) for no, of, cid, at, amount, _, _ in refunds])
    put_events(warehouse, [("touch_sent", cid, at, {"amount": cost}) for cid, at, cost in costs])

    def inside(cid: int, at: datetime) -> bool:
        return entry[cid] <= at < entry[cid] + timedelta(days=WINDOW)

    gmv, profit, back, spent = defaultdict(int), defaultdict(int), 0, 0
    for _, cid, at, amount, cost in orders:
        if inside(cid, at):
            gmv[cid] += amount
            profit[cid] += amount - cost
    for _, _, cid, at, amount, of_amount, of_cost in refunds:
        if inside(cid, at):
            profit[cid] -= amount - of_cost * amount // of_amount
            back += amount if cid in treated else 0
    for cid, at, cost in costs:
        if inside(cid, at):
            profit[cid] -= cost
            spent += cost if cid in treated else 0

    found = result()
    shown = figures(found)
    in_arm = {True: sorted(treated), False: sorted(set(people) - treated)}
    assert (found.people.treated, found.people.control) == (len(in_arm[True]), len(in_arm[False]))
    assert shown["buyers"].treated.numerator == sum(cid in gmv for cid in in_arm[True])
    assert shown["buyers"].control.numerator == sum(cid in gmv for cid in in_arm[False])
    for key, sums in (("gmv", gmv), ("profit", profit)):
        agrees_with_welch(shown[key], *([sums[cid] for cid in in_arm[arm]] for arm in (True, False)))
    assert (found.refunds_minor.treated, found.touch_cost_minor.treated) == (back, spent)
    assert len(found.daily) == WINDOW
    last = found.daily[-1]
    assert (last.buyers, last.gmv, last.profit) == tuple(shown[key].per_thousand for key in ("buyers", "gmv", "profit"))
    early = [
        sum(any(o[1] == cid and timedelta(0) <= o[2] - entry[cid] < timedelta(days=3) for o in orders) for cid in arm)
        for arm in (in_arm[True], in_arm[False])
    ]
    expected = (early[0] / len(in_arm[True]) - early[1] / len(in_arm[False])) * 1000
    assert found.daily[2].buyers.value == pytest.approx(expected)


def test_people_left_out_are_counted_with_the_reason(experiment, warehouse):
    assign(experiment, range(1, 41), "treated")
    assign(experiment, range(41, 61), "control", mixed=True)
    assign(experiment, range(61, 64), "treated", entry=NOON - timedelta(days=WINDOW) + timedelta(seconds=1))
    assign(experiment, range(64, 66), "control", entry=NOON - timedelta(days=2))
    assign(experiment, range(66, 71), "holdout")
    assign(experiment, [71], "treated", superseded=True)
    assign(experiment, [72], "treated", entry=NOON - timedelta(days=WINDOW))
    assign(experiment, [73], "treated", entry=NOON + timedelta(days=1))
    found = result()
    assert (found.people.treated, found.people.control, found.mixed) == (41, 20, 20)
    assert found.left_out.model_dump() == {"open_treated": 3, "open_control": 2, "held_out": 5, "earlier": 0}
    assert found.since == ENTRY
    assert found.verdict.code == "too_few"
    assert found.verdict.zh == "样本不足：较小的一组走完观察期的只有 20 人，至少要 30 人"


def test_people_drawn_under_another_share_are_not_mixed_in(experiment, warehouse):
    assign(experiment, range(1, 51), "control", n=1)
    arms.define(f"journey:{SOP}", control_share=5_000, window_days=WINDOW)
    arms.define(f"journey:{SOP}", control_share=5_000, window_days=WINDOW, variants=[arms.Share("a", 10_000)])
    assign(experiment, range(51, 91), "treated", n=2)
    assign(experiment, range(91, 131), "a", n=3)
    assign(experiment, range(131, 206), "control", n=3)
    found = result()
    assert (found.people.treated, found.people.control, found.left_out.earlier) == (80, 75, 50)
    assert found.control_share == 5_000


def test_a_gain_is_said_per_thousand_people_with_its_interval(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 211), *range(701, 746)), 20000), cost=8_000)
    found = result()
    shown = figures(found)
    # 30 % against 15 % buy for ¥200 with ¥120 margin.
    assert shown["profit"].per_thousand.value == pytest.approx(0.15 * 12_000 * 1000)
    assert shown["profit"].total.value == pytest.approx(0.15 * 12_000 * 700)
    assert shown["buyers"].relative.value == pytest.approx(1.0)
    assert found.verdict.code == "gain"
    assert found.verdict.zh == "每千人多赚 ¥18,000（95% 区间 ¥11,648 至 ¥24,352）"
    assert found.verdict.en == "¥18,000 more profit per 1,000 people (95% interval ¥11,648 to ¥24,352)"
    assert [(check.key, check.passed) for check in found.checks] == [("sample_ratio", True), ("balance", True)]


def test_a_gain_that_drives_people_away_is_vetoed(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 211), *range(701, 746)), 20000), cost=8_000)
    at = ENTRY + timedelta(days=3)
    put_events(warehouse, [("friend_lost", cid, at, {}) for cid in (*range(1, 71), *range(701, 704), 1)])
    found = result()
    assert figures(found)["lost"].treated.model_dump() == {"numerator": 70, "denominator": 700}
    assert found.verdict.code == "veto"
    assert found.verdict.zh.endswith("；但删除率高 9.0 个百分点，先别放大")


def test_people_driven_away_are_named_whatever_the_money_says(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 85), *range(701, 737)), 20_000))
    at = ENTRY + timedelta(days=3)
    away = [("friend_lost", cid, at, {}) for cid in range(1, 71)]
    put_events(warehouse, [*away, *(("opted_out", cid, at, {}) for cid in range(71, 106))])
    found = result()
    assert found.verdict.code == "undecided"
    assert found.verdict.zh.endswith("可当作没有效果；删除率高 10.0 个百分点、退订率高 5.0 个百分点")
    assert found.verdict.en.endswith("; deletions up 10.0 points, opt-outs up 5.0 points")


def test_attribution_stands_beside_a_loss(experiment, warehouse):
    """Everybody buys at any rate; the treated pay less, and every order of theirs is credited to the last touch."""
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, {cid: 9_000 if cid <= 700 else 10_000 + cid for cid in range(1, 1001)}, cost=4_000)
    touched = ENTRY + timedelta(hours=1)
    put_events(warehouse, [("touch_delivered", cid, touched, {"p_journey": SOP}) for cid in range(1, 701)])
    found = result()
    assert found.attributed.model_dump() == {
        "within_days": 7,
        "orders": 700,
        "buyers": 700,
        "gmv_minor": 6_300_000,
        "margin_minor": 3_500_000,
    }
    assert found.verdict.code == "loss"
    assert found.verdict.zh.startswith("每千人少赚 ¥18,505（95% 区间 ")
    assert found.verdict.zh.endswith("，尽管按最后触达归因有 GMV ¥63,000")
    assert found.reached.treated.model_dump() == {"numerator": 700, "denominator": 700}
    assert found.reached.control.numerator == 0


def test_an_order_belongs_to_the_last_touch_within_the_days(experiment, warehouse):
    assign(experiment, range(1, 8), "treated")
    assign(experiment, [8], "control")
    day = timedelta(days=1)
    bought = ENTRY + 8 * day
    put(warehouse, "orders", [order(f"o{cid}", cid, bought, 100 * cid, 10) for cid in range(1, 9)])
    mine, other = {"p_journey": SOP}, {"p_journey": "win-back"}
    put_events(
        warehouse,
        [
            ("touch_delivered", 1, bought - day, mine),
            ("touch_delivered", 2, bought - 3 * day, mine),
            ("touch_delivered", 2, bought - 2 * day, other),
            ("touch_delivered", 3, bought - 3 * day, other),
            ("touch_confirmed", 3, bought - 2 * day, mine),
            ("touch_delivered", 4, bought - 7 * day, mine),
            ("touch_delivered", 5, bought - 7 * day + timedelta(seconds=1), mine),
            ("touch_delivered", 6, bought + timedelta(seconds=1), mine),
            ("touch_delivered", 7, bought, mine),
            ("touch_delivered", 8, bought - day, mine),
        ],
    )
    # 1, 3 (sent by hand, confirmed), 5 and 7; not 2 (another journey came later), 4, 6 (out of the days), 8 (control).
    assert result().attributed.gmv_minor == 100 + 300 + 500 + 700
    with store.write():
        choices.put(report.ATTRIBUTION_DAYS, 1)
    # The touch of 1 was exactly one day before.
    assert result().attributed.gmv_minor == 700


def test_an_undecided_result_says_how_many_people_it_takes(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 106), *range(701, 737)), 20000))
    found = result()
    assert found.verdict.code == "undecided"
    assert found.verdict.zh == (
        "尚不可分辨：每千人利润差 ¥6,000（95% 区间 -¥3,090 至 ¥15,090）；若真有这么大，还需约 3,700 人"
    )
    assert figures(found)["profit"].detectable == pytest.approx(1_290_000, rel=0.01)


def test_a_difference_too_small_to_see_is_called_no_effect(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 85), *range(701, 737)), 20000))
    found = result()
    assert found.verdict.code == "undecided"
    assert found.verdict.zh.endswith("；差异小到再等下去也难看出，可当作没有效果")


def test_arms_of_the_wrong_size_make_no_claim(experiment, warehouse):
    assign(experiment, range(1, 601), "treated")
    assign(experiment, range(601, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 301), *range(601, 646)), 20000))
    found = result()
    assert found.verdict.code == "sample_ratio"
    assert found.verdict.zh == "不下结论：两组人数与设定比例不符（p = 5e-12），请先查分组与进入条件"
    assert found.checks[0].passed is False


def test_arms_that_differed_before_entry_make_no_claim(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, {cid: 10_000 + cid for cid in (*range(1, 201), *range(701, 740))}, at=ENTRY - timedelta(days=2))
    found = result()
    assert found.verdict.code == "imbalance"
    assert found.checks[1].passed is False
    assert figures(found)["buyers"].treated.numerator == 0


def test_without_item_costs_gmv_decides(experiment, warehouse):
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "control")
    buyers(warehouse, dict.fromkeys((*range(1, 211), *range(701, 746)), 20000), cost=None)
    found = result()
    assert found.uncosted_gmv_minor.model_dump() == {"treated": 210 * 20_000, "control": 45 * 20_000}
    assert figures(found)["profit"].missing.zh == "两组所有人的结果都一样，无从比较"
    assert found.verdict.zh.startswith("每千人多成交 ¥30,000（95% 区间 ")


def test_replies_and_opt_outs_count_in_both_arms_once_per_person(experiment, warehouse):
    assign(experiment, range(1, 41), "treated")
    assign(experiment, range(41, 81), "control")
    put_events(
        warehouse,
        [
            ("message_replied", 1, ENTRY + timedelta(hours=2), {}),
            ("touch_replied", 1, ENTRY + timedelta(hours=3), {"p_journey": SOP}),
            ("message_replied", 41, ENTRY + timedelta(days=WINDOW), {}),
            ("message_replied", 42, ENTRY, {}),
            ("opted_out", 43, ENTRY + timedelta(days=1), {}),
            ("touch_delivered", 2, ENTRY + timedelta(days=1), {"p_journey": "win-back"}),
        ],
    )
    found = result()
    assert (found.replied.treated.numerator, found.replied.control.numerator) == (1, 1)
    assert figures(found)["opted_out"].control.numerator == 1
    assert found.reached.treated.numerator == 0


def test_an_experiment_nobody_entered_says_so_even_before_the_first_load(warehouse):
    arms.define(f"journey:{SOP}", control_share=3_000, window_days=WINDOW)
    found = result()
    assert (found.verdict.code, found.since, found.people.treated) == ("too_few", None, 0)
    assert [(check.passed, check.p) for check in found.checks] == [(True, None), (True, None)]
    assert [each.missing is None for each in found.figures] == [False, False, False]


def test_a_journey_without_an_experiment_is_not_found(warehouse):
    with pytest.raises(NotFound):
        result()


def test_all_journeys_are_reported_by_key_and_splits_are_not(experiment, warehouse):
    arms.define("journey:hello", control_share=3_000, window_days=7)
    arms.define("journey:hello/offer", control_share=0, window_days=7, variants=[arms.Share("a", 5_000)])
    arms.define("holdout:1", control_share=500, window_days=90)
    assert [each.journey for each in report.journeys(datetime(2026, 11, 1, tzinfo=UTC))] == ["hello", SOP]
