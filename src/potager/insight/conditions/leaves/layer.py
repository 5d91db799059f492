"""The layer leaf: in which layer of a model the customer stood on that day."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import Field as Schema

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Subject, Words, Written
from potager.insight.fields import Names, name_in, nearest, refusal
from potager.insight.slots import Slots


class Layer(Written):
    """`{"layer": "rfm", "in": ["keep_high", "win_back"]}`."""

    KEY: ClassVar[str] = "layer"

    layer: str
    in_: tuple[str, ...] = Schema(alias="in", min_length=1)

    def bind(self, binder: Binder, place: str) -> "LayerLeaf":
        model = binder.fields.layer(self.layer, f"{place}.layer".lstrip("."))
        for i, key in enumerate(self.in_):
            if key not in model.layers:
                close = nearest(key, model.layers)
                raise refusal(
                    f"分层「{model.label('zh')}」没有「{key}」这一层" + (f"，是不是「{close}」？" if close else ""),
                    f"Layer model “{model.label('en')}” has no layer “{key}”"
                    + (f"; did you mean “{close}”?" if close else ""),
                    f"{place}.in[{i}]".lstrip("."),
                )
        return LayerLeaf(model.key, tuple(sorted(set(self.in_))), model.layers)


@dataclass(frozen=True, slots=True)
class LayerLeaf(BoundLeaf):
    model: str
    layers: tuple[str, ...]
    names: Names = field(default_factory=dict, repr=False, compare=False)

    @property
    def source(self) -> str:
        return "layer_history"

    @property
    def needs(self) -> frozenset[str]:
        return frozenset({f"layer:{self.model}"})

    def row(self, table: Any, slots: Slots) -> Any:
        """A spell counts from its first day until before its end."""
        stands = (table.from_day <= slots.today()) & (table.to_day.isnull() | (table.to_day > slots.today()))
        return (table.model == self.model) & table.layer.isin(list(self.layers)) & stands

    def single(self, subject: Subject) -> Answer:
        day = subject.moment.day
        for spell in subject.layers:
            if spell.model == self.model and spell.first <= day and (spell.end is None or spell.end > day):
                since = subject.moment.start_of(spell.first)
                zh, en = (name_in(self.names, spell.layer, language) for language in ("zh", "en"))
                return Answer(spell.layer in self.layers, zh, en, since)
        return Answer(ok=False, zh="还没有分层", en="not in any layer yet")

    def say(self, words: Words, *, negated: bool = False) -> str:
        model = words.fields.layers.get(self.model)
        label = model.label(words.language) if model else self.model
        names = [name_in(self.names, key, words.language) for key in self.layers]
        listed = words.pick("、", ", ").join(names)
        if words.zh:
            return f"{label}{'不是' if negated else '是'} {listed}" + (" 之一" if len(names) > 1 else "")
        return f"{label} {'is not' if negated else 'is'} {'one of ' if len(names) > 1 else ''}{listed}"
