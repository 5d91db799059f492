"""The result in one sentence. Pure: numbers in, words out."""

from dataclasses import dataclass

from potager.core import money
from potager.evidence import stats
from potager.evidence.schemas import Said, Verdict
from potager.evidence.stats import CannotCompute, Comparison, Estimate

# Beyond this many times the people seen so far, waiting for more is no plan: there is no difference to be seen.
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the sentence is made from.

    deciding   treated and control arm of profit, or of GMV when item costs are unknown (`by_profit` says which)
    lost, opted_out  guardrails: shares of people, treated against control
    ratio, balance   p of the two checks of the assignment; None when not computable
    attributed_gmv   minor units, for the treated people
    """

    deciding: tuple[stats.Amount, stats.Amount]
    by_profit: bool
    lost: tuple[stats.Share, stats.Share]
    opted_out: tuple[stats.Share, stats.Share]
    ratio: float | None
    balance: float | None
    attributed_gmv: int
    currency: str


def judge(found: Evidence) -> Verdict:
    """Gates first (is the assignment sound, are there enough people), then the effect, then the guardrails' veto."""
    if found.ratio is not None and found.ratio < stats.ALARM:
        return Verdict(
            code="sample_ratio",
            zh=f"不下结论：两组人数与设定比例不符（p = {found.ratio:.1g}），请先查分组与进入条件",
            en=f"No conclusion: the arms' sizes do not fit the intended shares (p = {found.ratio:.1g}); check entry",
        )
    if found.balance is not None and found.balance < stats.ALARM:
        return Verdict(
            code="imbalance",
            zh=f"不下结论：进入之前两组的消费就已不同（p = {found.balance:.1g}），请先查分组与进入条件",
            en=f"No conclusion: the arms differed before entry already (p = {found.balance:.1g}); check entry",
        )
    result = stats.compare(*found.deciding)
    if isinstance(result, CannotCompute):
        said = why_not(result)
        return Verdict(code="too_few", zh=said.zh, en=said.en)
    if result.difference.is_above_zero:
        return _gain(found, result)
    other = _loss(found, result) if result.difference.is_below_zero else _undecided(found, result)
    if harm := _harm(found):
        return other.model_copy(update={"zh": f"{other.zh}；{harm.zh}", "en": f"{other.en}; {harm.en}"})
    return other


def why_not(missing: CannotCompute) -> Said:
    """A named "cannot compute" as a sentence."""
    have, need = f"{missing.have:,.0f}", f"{missing.need:,.0f}"
    match missing.reason:
        case "too_few_people":
            return Said(
                zh=f"样本不足：较小的一组走完观察期的只有 {have} 人，至少要 {need} 人",
                en=f"Too few people: the smaller arm has {have} whose window has closed, it takes {need}",
            )
        case "too_few_outcomes":
            return Said(
                zh=f"样本不足：较小的一组只有 {have} 位买家，至少要 {need} 位",
                en=f"Too few buyers: the smaller arm has {have}, it takes {need}",
            )
        case "no_variance":
            return Said(zh="两组所有人的结果都一样，无从比较", en="Everybody's outcome is the same; nothing to compare")
        case "no_base":
            return Said(zh="对照组的均值可能为零，不算相对值", en="The control mean may be zero; no relative lift")


def _gain(found: Evidence, result: Comparison) -> Verdict:
    zh, en = _amount(found, result.difference, zh=("多赚", "多成交"), en=("more profit", "more GMV"))
    if harm := _harm(found):
        return Verdict(code="veto", zh=f"{zh}；但{harm.zh}，先别放大", en=f"{en}; but {harm.en}: do not scale it yet")
    return Verdict(code="gain", zh=zh, en=en)


def _harm(found: Evidence) -> Said | None:
    """Deletions and opt-outs that are significantly more among the treated."""
    harms = [
        (zh, en, f"{result.difference.value * 100:.1f}")
        for zh, en, arms in (("删除率", "deletions", found.lost), ("退订率", "opt-outs", found.opted_out))
        if isinstance(result := stats.compare(*arms), Comparison) and result.difference.is_above_zero
    ]
    if not harms:
        return None
    return Said(
        zh="、".join(f"{zh}高 {points} 个百分点" for zh, _, points in harms),
        en=", ".join(f"{en} up {points} points" for _, en, points in harms),
    )


def _loss(found: Evidence, result: Comparison) -> Verdict:
    gone = Estimate(-result.difference.value, -result.difference.high, -result.difference.low)
    zh, en = _amount(found, gone, zh=("少赚", "少成交"), en=("less profit", "less GMV"))
    if found.attributed_gmv > 0:
        shown = _show(found.attributed_gmv, found.currency)
        zh += f"，尽管按最后触达归因有 GMV {shown}"
        en += f", although {shown} of GMV is attributed to it by last touch"
    return Verdict(code="loss", zh=zh, en=en)


def _undecided(found: Evidence, result: Comparison) -> Verdict:
    treated, control = found.deciding
    people = treated.n + control.n
    value = result.difference.value
    low, high = (_show(bound * 1000, found.currency) for bound in (result.difference.low, result.difference.high))
    zh_what, en_what = ("利润", "profit") if found.by_profit else ("GMV", "GMV")
    zh = f"尚不可分辨：每千人{zh_what}差 {_show(value * 1000, found.currency)}（95% 区间 {low} 至 {high}）"
    en = f"Cannot tell yet: {en_what} differs by {_show(value * 1000, found.currency)} per 1,000 people "
    en += f"(95% interval {low} to {high})"
    more = stats.people_needed(treated, control, value) - people if value else None
    if more is None or more > PATIENCE * people:
        return Verdict(
            code="undecided",
            zh=f"{zh}；差异小到再等下去也难看出，可当作没有效果",
            en=f"{en}; too small to become visible by waiting, treat it as no effect",
        )
    # 80 % power asks for more than just leaving the interval, so a difference near the border still needs people.
    return Verdict(
        code="undecided",
        zh=f"{zh}；若真有这么大，还需约 {_round_up(more):,} 人",
        en=f"{en}; if it is real, about {_round_up(more):,} more people are needed",
    )


def _amount(found: Evidence, per_person: Estimate, *, zh: tuple[str, str], en: tuple[str, str]) -> tuple[str, str]:
    value, low, high = (
        _show(each * 1000, found.currency) for each in (per_person.value, per_person.low, per_person.high)
    )
    which = 0 if found.by_profit else 1
    return (
        f"每千人{zh[which]} {value}（95% 区间 {low} 至 {high}）",
        f"{value} {en[which]} per 1,000 people (95% interval {low} to {high})",
    )


def _show(minor: float, currency: str) -> str:
    """Whole currency units: an interval makes smaller digits meaningless."""
    unit = 10 ** money.exponent(currency)
    return money.show(round(minor / unit) * unit, currency).removesuffix("." + "0" * money.exponent(currency))


def _round_up(people: int) -> int:
    """To two leading digits, never down."""
    step = int("1".ljust(len(str(people)) - 1, "0"))
    return -(-people // step) * step
