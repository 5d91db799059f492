"""A requirement in one plain sentence per language. Pure."""

import math

from potager.core import money
from potager.goals.requirement import Lever, Position, Requirement
from potager.goals.tree import KEYS, levels

Words = tuple[str, str]


def sentence(at: Position, found: Requirement, currency: str) -> Words:
    """(zh, en): whether it will be reached, else what it takes and whether that has ever been."""
    missing = _show(found.missing, currency)
    match found.state:
        case "reached":
            done = _show(at.actual, currency)
            return f"目标已达成：{done}", f"The goal is reached: {done}"
        case "over":
            return f"期限已到，差 {missing}", f"The period is over, {missing} short"
        case "no_pace":
            return (
                f"还差 {missing}；近 {at.recent_days} 天没有新客首单，无法按现有节奏推算",
                f"{missing} to go; no first orders of new customers in {at.recent_days} days, so no pace to go by",
            )
        case "on_course":
            forecast = _show(found.forecast, currency)
            return (
                f"按近 {at.recent_days} 天的节奏可达成：预计 {forecast}",
                f"On course at the pace of the last {at.recent_days} days: {forecast} expected",
            )
        case _:
            need, reach = _need(at, found), _reach(found, currency)
            return f"{need[0]}；{reach[0]}", f"{need[1]}; {reach[1]}"


def _need(at: Position, found: Requirement) -> Words:
    """The backward requirement in new customers, with the best month beside it."""
    lever = next(each for each in found.levers if each.key == "customers_new")
    rate = levels(at.recent)["first_order_rate"].value or 0.0
    days, needed = math.ceil(at.days_left), f"{lever.needed:,.0f}"
    zh = f"剩 {days} 天还需 {needed} 位新客（按目前新客首单率 {rate:.1%}）"
    en = f"The {days} days left need {needed} new customers at the present first-order rate of {rate:.1%}"
    if lever.best is None:
        return zh, en
    best = f"{lever.best:,.0f}"
    return (
        f"{zh}，最好的 {lever.best_month} 同样天数有 {best} 位",
        f"{en}; the best month, {lever.best_month}, had {best} in as many days",
    )


def _reach(found: Requirement, currency: str) -> Words:
    """Which levers reach it, or plainly that none does."""
    reachable = [_raised(lever, currency) for lever in found.levers if lever.reachable]
    if reachable:
        zh, en = zip(*reachable, strict=True)
        return "做得到的是" + "，或".join(zh), "within reach: " + ", or ".join(en)
    if found.together is None:
        return "还没有完整的历史月份可以对照", "there is no complete month yet to compare with"
    together, missing = _show(found.together, currency), _show(found.missing, currency)
    if found.state == "together":
        return (
            f"没有一个杠杆单独够得着，要几个因素同时回到最好的月份（合计 {together}，需 {missing}）",
            f"no lever reaches it alone; it takes several at their best month at once ({together} for {missing})",
        )
    return (
        f"没有杠杆够得着：所有因素同时回到最好的月份也只有 {together}，需 {missing}",
        f"no lever reaches it: every factor at its best month at once brings {together} of the {missing} needed",
    )


def _show(minor: int, currency: str) -> str:
    """Whole units from a thousand up: cents are noise in a sentence."""
    unit = 10 ** money.exponent(currency)
    if abs(minor) < 1_000 * unit:
        return money.show(minor, currency)
    return money.show(round(minor / unit) * unit, currency).partition(".")[0]


def _raised(lever: Lever, currency: str) -> Words:
    node = KEYS[lever.key]

    def shown(value: float) -> str:
        match node.unit:
            case "minor":
                return _show(round(value), currency)
            case "rate":
                return f"{value:.1%}"
            case "orders":
                return f"{value:.2f}"
            case "people":
                return f"{value:,.0f}"

    present, needed, best = shown(lever.present), shown(lever.needed), shown(lever.best or 0)
    return (
        f"{node.zh}从 {present} 到 {needed}（{lever.best_month} 有过 {best}）",
        f"{node.en.lower()} from {present} to {needed} ({lever.best_month} had {best})",
    )
