"""touch.reasons: no verdict without words, in both languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from potager.touch.life import State
from potager.touch.policy import Words
from potager.touch.reasons import why

DUE, ZONE = datetime(2026, 11, 2, 0, 30, tzinfo=UTC), ZoneInfo("Asia/Shanghai")
DAY_CAP = {"limit": 1, "hours": 24, "sent": 1}
QUIET = {"start": "21:30", "end": "08:30", "zone": "Asia/Shanghai"}


def words(state, rule="", detail=None, reason=""):
    return why(State(state), rule=rule, detail=detail or {}, reason=reason, due=DUE, zone=ZONE)


@pytest.mark.parametrize(
    ("state", "rule", "detail", "zh", "en"),
    [
        (
            "deferred",
            "cap",
            DAY_CAP,
            "频控：1 天内最多 1 条，已有 1 条；推迟到 2026-11-02 08:30",
            "Frequency cap: 1 in 24 hours, 1 already sent; deferred to 2026-11-02 08:30",
        ),
        (
            "skipped",
            "cap",
            {"limit": 4, "hours": 168, "sent": 4, "too_late": "2026-11-05"},
            "频控：7 天内最多 4 条，已有 4 条；等到可以发时已过发送时限，跳过",
            "Frequency cap: 4 in 7 days, 4 already sent; its window closes first, skipped",
        ),
        (
            "skipped",
            "cap",
            {"limit": 2, "hours": 36, "sent": 2, "too_late": "x"},
            "频控：36 小时内最多 2 条，已有 2 条；等到可以发时已过发送时限，跳过",
            "Frequency cap: 2 in 36 hours, 2 already sent; its window closes first, skipped",
        ),
        (
            "deferred",
            "quiet",
            QUIET,
            "客户当地 21:30–08:30 免打扰；推迟到 2026-11-02 08:30",
            "Quiet hours 21:30–08:30 on the customer's clock; deferred to 2026-11-02 08:30",
        ),
        (
            "skipped",
            "consent",
            {"channel": "sim_sms", "purpose": "marketing"},
            "客户已退订「sim_sms」的营销消息；跳过这条",
            "The customer opted out of marketing messages through sim_sms; this message is skipped",
        ),
        (
            "dropped",
            "holdout",
            {},
            "客户在对照组，真实发送会毁掉实验；不再发送",
            "A control person: sending would spoil it; nothing more is sent",
        ),
        ("dropped", "gone", {}, "客户已删除；不再发送", "The customer was deleted; nothing more is sent"),
        (
            "skipped",
            "content",
            {"missing": ["肤质", "city"]},
            "缺少变量 肤质、city，且没有默认值；跳过这条",
            "Missing without a default: 肤质、city; this message is skipped",
        ),
        (
            "skipped",
            "channel",
            {"channel": "handout", "lacking": "sender"},
            "没有发送人：客户没有归属员工；跳过这条",
            "There is no sender: the customer has no owner among staff; this message is skipped",
        ),
        (
            "skipped",
            "channel",
            {"channel": "sim_sms", "lacking": "length"},
            "内容超过通道「sim_sms」的长度上限；跳过这条",
            "The text is too long for sim_sms; this message is skipped",
        ),
        (
            "skipped",
            "channel",
            {"channel": "pigeon", "lacking": "channel"},
            "没有安装通道「pigeon」；跳过这条",
            "The channel pigeon is not installed; this message is skipped",
        ),
    ],
)
def test_verdicts(state, rule, detail, zh, en):
    assert words(state, rule, detail) == Words(zh, en)


def test_every_reason_of_ours_has_words():
    for reason in (
        "journey_ended",
        "window_closed",
        "staff_too_late",
        "staff_not_done",
        "staff_rejected",
        "outside_world",
        "not_a_friend",
        "channel_error",
        "channel_silent",
    ):
        said = words("failed", reason=reason)
        assert "" not in {said.zh, said.en}
        assert said.zh != reason
    assert words("unknown", reason="lost_in_a_crash").zh == "发送途中中断，通道无法确认是否送出"


def test_a_channels_own_words_pass_through():
    assert words("failed", reason="isv.BUSINESS_LIMIT_CONTROL") == Words(*["isv.BUSINESS_LIMIT_CONTROL"] * 2)


def test_control_people_and_messages_that_go_well():
    assert words("withheld").zh == "客户在对照组：此刻本会发送，留白不发"
    assert words("delivered") == words("queued") == Words()
