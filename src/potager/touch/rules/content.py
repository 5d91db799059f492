"""A message with a hole in it is not sent."""

from collections.abc import Sequence

from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Verdict, Words


class Content(Rule[None]):
    NAME = "content"
    RANK = 90

    def ground(self, cases: Sequence[Case], scene: Scene) -> None:
        """The message itself says what is missing."""

    def judge(self, case: Case, ground: None, book: Book) -> Verdict | None:  # noqa: ARG002 -- one protocol
        return Verdict("skip", self.NAME, {"missing": list(case.missing)}) if case.missing else None

    def why(self, detail: Detail) -> Words:
        missing = detail.get("missing")
        names = "、".join(map(str, missing)) if isinstance(missing, list) else ""
        return Words(f"缺少变量 {names}，且没有默认值", f"Missing without a default: {names}")
