from collections.abc import Iterator, Sequence
from typing import ClassVar

from potager.core import journal
from potager.core.errors import Problem
from potager.insight.fields import Fields
from potager.journeys.faults import fault
from potager.journeys.nodes.node import Act, Acting, Writing
from potager.journeys.parts import Part
from potager.org.access import SYSTEM
from potager.people import attributes, customers
from potager.people.customers import Said
from potager.people.queries import first_identities


class AttributeChange(Part, Acting):
    """State an attribute of the person, as if they had said it now; without a value it is taken back."""

    KIND: ClassVar[str] = "attribute"

    key: str
    value: str | float | bool | None = None

    def line(self) -> str:
        return self.key if self.value is None else f"{self.key} = {self.value}"

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:  # noqa: ARG002  (personal ones are no field)
        attribute = attributes.declared().get(self.key)
        if attribute is None:
            yield fault(
                "attribute",
                f"{place}.attribute.key",
                f"没有客户属性「{self.key}」；请先在「客户属性」里新建",
                f"There is no customer attribute “{self.key}”; declare it first",
            )
            return
        try:
            attributes.stored(attribute, self.value)
        except Problem as problem:
            yield Problem(problem.code, zh=problem.zh, en=problem.en, place=f"{place}.attribute.value")

    @classmethod
    def write(cls, acts: "Sequence[Act[AttributeChange]]", writing: Writing) -> None:
        """State it by the person's first identity; what follows waits until the warehouse knows of it."""
        known = first_identities({act.walker.cid for act in acts})
        said: list[Said] = []
        for act in acts:
            act.passed.detail = {"key": act.node.key, "value": act.node.value}
            if act.walker.shadow:
                act.passed.outcome = "would_set"
            elif (iid := known.get(act.walker.cid)) is None:
                act.passed.outcome = "no_identity"
            else:
                act.passed.outcome = "set" if act.node.value is not None else "cleared"
                said.append(Said(iid, act.walker.cid, writing.now, {act.node.key: act.node.value}))
        if not said:
            return
        customers.put(SYSTEM, said)
        told = journal.last_seq()
        for act in acts:
            if act.passed.outcome in {"set", "cleared"}:
                act.walker.sees(told, writing.now)
