"""The channel exists here and has what it needs: a sender who still works here, a text short enough."""

from collections.abc import Collection, Sequence

from potager.org.models import Staff
from potager.touch.channels import installed
from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Verdict, Words


class Sendable(Rule[Collection[str]]):
    """Its ground: the senders who left."""

    NAME = "channel"
    RANK = 40

    def ground(self, cases: Sequence[Case], scene: Scene) -> Collection[str]:  # noqa: ARG002 -- one protocol
        senders = {case.sender for case in cases if case.sender}
        return set(Staff.objects.filter(key__in=senders, active=False).values_list("key", flat=True))

    def judge(self, case: Case, ground: Collection[str], book: Book) -> Verdict | None:  # noqa: ARG002
        lacking = _lacking(case, ground)
        return Verdict("skip", self.NAME, {"channel": case.channel, "lacking": lacking}) if lacking else None

    def why(self, detail: Detail) -> Words:
        channel = detail.get("channel")
        match detail.get("lacking"):
            case "sender":
                return Words(
                    "没有发送人：客户没有归属员工", "There is no sender: the customer has no owner among staff"
                )
            case "sender_left":
                return Words("发送人已离职，发不出去", "The sender does not work here any more")
            case "length":
                return Words(f"内容超过通道「{channel}」的长度上限", f"The text is too long for {channel}")
            case _:
                return Words(f"没有安装通道「{channel}」", f"The channel {channel} is not installed")


def _lacking(case: Case, left: Collection[str]) -> str:
    """What the channel needs and the message has not, "" when nothing."""
    channel = installed().get(case.channel)
    if channel is None:
        return "channel"
    if channel.capabilities.needs_sender and not case.sender:
        return "sender"
    if channel.capabilities.needs_sender and case.sender in left:
        return "sender_left"
    if len(case.text) > channel.capabilities.text_limit:
        return "length"
    return ""
