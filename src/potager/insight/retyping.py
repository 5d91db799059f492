"""A property of events gets another kind: what would become of its values, and the change itself.

What was received stays as it was; the typed column is made anew from it. A property that a definition asks about keeps
its kind, so that nobody's tag changes its meaning behind their back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from potager.core import store
from potager.core.errors import Conflict, NotFound
from potager.facts import columns, plan
from potager.facts.columns import TypedColumn, cast
from potager.facts.imports.parse import mask
from potager.facts.models import PropertyKind
from potager.insight import catalogue, present, tables
from potager.insight.models import Chart
from potager.org.access import Actor, require_write

_SAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Preview:
    """values received; misfits: of those, how many the kind could not hold; samples: some of them, masked.

    used_by  definitions that ask about the property, as people call them: while there are any, it keeps its kind
    """

    values: int
    misfits: int
    samples: tuple[str, ...]
    used_by: tuple[str, ...]


def preview(key: str, kind: PropertyKind, language: str) -> Preview:
    """What another kind would make of the values there are.

    Raises NotFound, or Conflict for a property of the system.
    """
    _own(key)
    column = TypedColumn(f"p_{key}", key, kind)
    text, json_type = f"json_extract_string(props, {column.path})", f"json_type(props, {column.path})"
    wrong = f"({cast(kind, 'text', 'json_type')}) IS NULL"
    told = f"SELECT {text} AS text, {json_type} AS json_type FROM event WHERE {text} IS NOT NULL"
    owner = tables.opened()
    [row] = owner.query(
        f"SELECT count(*)::BIGINT AS n, (count(*) FILTER (WHERE {wrong}))::BIGINT AS wrong FROM ({told})"
    ).to_pylist()
    some = owner.query(f"SELECT DISTINCT text FROM ({told}) WHERE {wrong} ORDER BY text LIMIT {_SAMPLES}")
    samples = tuple(mask(str(each)) for each in some["text"].to_pylist())
    return Preview(row["n"], row["wrong"], samples, tuple(users(key, language)))


def retype(actor: Actor, key: str, kind: PropertyKind) -> None:
    """Give a property another kind, and its column anew. Not inside store.write.

    Raises NotFound; Conflict for a property of the system, or one that definitions ask about, naming them.
    """
    require_write(actor)
    _own(key)
    if found := list(users(key, "zh")):
        raise Conflict(
            "plan.used",
            zh=f"属性「{key}」还在使用：{'、'.join(found)}；先改掉它们的条件，再换类型",
            en=f"The property “{key}” is in use by {', '.join(users(key, 'en'))}: change their conditions first",
            place="kind",
        )
    with store.write():
        plan.retype(actor, key, kind)
    with tables.opened().write() as writer:
        columns.sync_events(writer)


def users(key: str, language: str) -> Iterator[str]:
    """Which tags, layer models, audiences, journeys and charts ask about a property."""
    fields = catalogue.load()
    written: dict[str, object] = {f"tag:{tag.key}": tag.rule for tag in fields.tags.values()}
    written |= {f"layer:{model.key}": model.rule for model in fields.layers.values()}
    written |= {f"audience:{each.key}": each.rule for each in fields.audiences.values() if not each.frozen}
    written |= present.written_elsewhere()
    yield from (present.name_of(user, fields, language) for user, each in written.items() if _asks(each, key))
    for chart in Chart.objects.order_by("key"):
        if _asks(chart.question, key):
            yield chart.name_zh if language == "zh" else chart.name_en or chart.name_zh


def _asks(written: object, key: str) -> bool:
    """Whether a property of this key is tested or measured anywhere in a written definition."""
    if isinstance(written, Mapping):
        measure = written.get("measure")
        measured = isinstance(measure, Mapping) and key in measure.values()
        return measured or written.get("prop") == key or any(_asks(each, key) for each in written.values())
    return isinstance(written, list | tuple) and any(_asks(each, key) for each in written)


def _own(key: str) -> None:
    if key in plan.SYSTEM_PROPERTIES:
        raise Conflict(
            "plan.system",
            zh=f"「{key}」是系统属性，类型不能修改",
            en=f"“{key}” is a property of the system; its kind is fixed",
            place="key",
        )
    if key not in plan.kinds():
        raise NotFound("属性", "property", key)
