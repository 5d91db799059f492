"""为什么没发: every verdict and every lost message in words an operator can act on. Pure."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from potager.touch.life import State
from potager.touch.policy import Detail, Words
from potager.touch.rules import BY_NAME


def why(state: State, *, rule: str, detail: Detail, reason: str, due: datetime, zone: ZoneInfo) -> Words:
    """Why a touch stands where it does.

    rule, detail  the policy rule that decided last, "" when none objected
    reason        what was heard when it came into its state (a code of ours or the channel's words)
    due, zone     when a deferred one is asked again, told on the house's clock
    """
    if state in {State.DEFERRED, State.SKIPPED, State.DROPPED} and rule:
        return _with_outcome(state, BY_NAME[rule].why(detail), detail, f"{due.astimezone(zone):%Y-%m-%d %H:%M}")
    if state == State.WITHHELD:
        return Words("客户在对照组：此刻本会发送，留白不发", "Control group: would have been sent now, withheld")
    if state in {State.FAILED, State.CANCELLED, State.EXPIRED, State.UNKNOWN}:
        return _REASONS.get(reason, Words(reason, reason))
    return Words()


def _with_outcome(state: State, said: Words, detail: Detail, due: str) -> Words:
    if state == State.DEFERRED:
        return Words(f"{said.zh}；推迟到 {due}", f"{said.en}; deferred to {due}")
    if "too_late" in detail:
        return Words(f"{said.zh}；等到可以发时已过发送时限，跳过", f"{said.en}; its window closes first, skipped")
    if state == State.DROPPED:
        return Words(f"{said.zh}；不再发送", f"{said.en}; nothing more is sent")
    return Words(f"{said.zh}；跳过这条", f"{said.en}; this message is skipped")


_REASONS: Mapping[str, Words] = {
    "erased": Words("客户资料已按要求删除，消息取消", "The person asked to be erased; the message was cancelled"),
    "journey_ended": Words("旅程已结束，消息撤回", "The journey ended; the message was taken back"),
    "window_closed": Words("过了发送时限还没发出", "Not sent before its window closed"),
    "staff_too_late": Words("员工没有在时限内处理", "The staff member did not act in time"),
    "staff_not_done": Words("员工标记为没有发送", "The staff member marked it as not sent"),
    "staff_rejected": Words("员工标记为客户拒绝", "The staff member marked it as rejected by the customer"),
    "lost_in_a_crash": Words("发送途中中断，通道无法确认是否送出", "Interrupted; whether it went out is unknown"),
    "channel_error": Words("通道一再出错，放弃发送", "The channel failed again and again; it was given up"),
    "channel_silent": Words("通道一直无法确认是否送出", "The channel never said whether it went out"),
    "not_at_channel": Words("查询过：通道确定没有收到", "Looked up: the channel certainly has not got it"),
    "outside_world": Words("模拟通道只能发给演示世界里的人", "The simulator only reaches people of a demo world"),
    "over_quota": Words("平台说这位客户的群发次数已用完", "The platform says this person's messages are used up"),
    "not_a_friend": Words("客户已删除该员工，送不到", "The customer deleted this staff member"),
}
