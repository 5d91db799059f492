"""退订: no messages of a purpose the person refused through this channel."""

from collections.abc import Mapping, Sequence

from potager.people import consent
from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Verdict, Words

Refused = Mapping[tuple[str, str], set[int]]
_PURPOSES = {"marketing": "营销", "service": "服务", "transactional": "交易"}


class Consent(Rule[Refused]):
    """Its ground: (channel, purpose) → the customers who opted out."""

    NAME = "consent"
    RANK = 20

    def ground(self, cases: Sequence[Case], scene: Scene) -> Refused:  # noqa: ARG002 -- one protocol
        asked: dict[tuple[str, str], set[int]] = {}
        for case in cases:
            asked.setdefault((case.channel, case.purpose), set()).add(case.cid)
        return {way: consent.opted_out(cids, *way) for way, cids in asked.items()}

    def judge(self, case: Case, ground: Refused, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        if case.cid not in ground[case.channel, case.purpose]:
            return None
        return Verdict("skip", self.NAME, {"channel": case.channel, "purpose": case.purpose})

    def why(self, detail: Detail) -> Words:
        purpose = str(detail.get("purpose"))
        return Words(
            f"客户已退订「{detail.get('channel')}」的{_PURPOSES.get(purpose, purpose)}消息",
            f"The customer opted out of {purpose} messages through {detail.get('channel')}",
        )
