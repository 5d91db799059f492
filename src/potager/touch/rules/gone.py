"""A deleted customer gets nothing more."""

from collections.abc import Mapping, Sequence

from potager.touch.people import Known
from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Verdict, Words


class Gone(Rule[Mapping[int, Known]]):
    NAME = "gone"
    RANK = 10

    def ground(self, cases: Sequence[Case], scene: Scene) -> Mapping[int, Known]:  # noqa: ARG002 -- one protocol
        return scene.known

    def judge(self, case: Case, ground: Mapping[int, Known], book: Book) -> Verdict | None:  # noqa: ARG002
        who = ground.get(case.cid)
        return Verdict("drop", self.NAME) if who is None or who.gone else None

    def why(self, detail: Detail) -> Words:  # noqa: ARG002 -- there are no numbers
        return Words("客户已删除", "The customer was deleted")
