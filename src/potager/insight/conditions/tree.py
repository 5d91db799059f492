"""The written tree: which node a JSON object is, reading it with the place of every mistake, and its JSON Schema."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, Union

from pydantic import Discriminator, TypeAdapter, ValidationError
from pydantic import Field as Schema
from pydantic import Tag as Variant

from potager.core.errors import Problem
from potager.insight.conditions.base import Node
from potager.insight.conditions.leaves import WRITTEN
from potager.insight.conditions.paths import join
from potager.insight.fields import nearest, refusal

_KEYS: Final = (*WRITTEN, "all", "any", "not")
MAX_DEPTH: Final = 20
MAX_NODES: Final = 500


def _variant(value: object) -> str | None:
    keys = value.keys() if isinstance(value, Mapping) else getattr(value, "model_fields_set", ())
    for key in _KEYS:
        if key in keys or f"{key}_" in keys:
            return f"<{key}>"
    return None


class All(Node):
    """Every condition holds. `{"all": []}` selects every customer."""

    all_: "tuple[Condition, ...]" = Schema(alias="all")


class AnyCondition(Node):
    """At least one condition holds."""

    any_: "tuple[Condition, ...]" = Schema(alias="any")


class Not(Node):
    """The condition does not hold: the complement over live customers."""

    not_: "Condition" = Schema(alias="not")


_LOGIC: Final[Mapping[str, type[Node]]] = {"all": All, "any": AnyCondition, "not": Not}
if TYPE_CHECKING:
    Condition: TypeAlias = Node
else:
    Condition = Annotated[
        Union[tuple(Annotated[node, Variant(f"<{key}>")] for key, node in {**WRITTEN, **_LOGIC}.items())],  # noqa: UP007
        Discriminator(_variant),
    ]
for _model in (All, AnyCondition, Not):
    _model.model_rebuild()
_adapter: TypeAdapter[Condition] = TypeAdapter(Condition)


def parse(written: object, place: str = "") -> Condition:
    """Read a written condition that stands at `place` of something larger.

    Raises Problem("insight.condition") with the path of the first mistake and its cure. Names are checked by `bind`.
    """
    _limit(written, place)
    try:
        return _adapter.validate_python(written)
    except ValidationError as error:
        raise problem_of(error, written, place) from error


def dump(condition: Condition) -> dict[str, Any]:
    """The JSON form: what was written, nothing more."""
    dumped: dict[str, Any] = _adapter.dump_python(condition, mode="json", by_alias=True, exclude_unset=True)
    return dumped


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a condition."""
    return _adapter.json_schema(by_alias=True)


def _limit(written: object, place: str) -> None:
    """Depth and size are bounded before anything recurses over them."""
    count, level = 0, [written]
    for depth in range(MAX_DEPTH + 2):
        if not level:
            return
        count += len(level)
        if depth > MAX_DEPTH or count > MAX_NODES:
            break
        level = [child for node in level for child in _children(node)]
    raise refusal(
        f"条件太大：最多 {MAX_DEPTH} 层、{MAX_NODES} 个节点",
        f"The condition is too large: at most {MAX_DEPTH} levels and {MAX_NODES} nodes",
        place,
    )


def _children(node: object) -> list[object]:
    if not isinstance(node, Mapping):
        return []
    found = [node["not"]] if "not" in node else []
    for key in ("all", "any", "where", "items", "sequence", "without"):
        if isinstance(node.get(key), Sequence) and not isinstance(node.get(key), str):
            found += list(node[key])
    return found


def problem_of(error: ValidationError, written: object, inside: str = "") -> Problem:
    """The first mistake as a refusal: where it is in what was written (which stands at `inside`), and the cure."""
    first = error.errors(include_url=False)[0]
    kind = first["type"]
    steps, here = _steps(first["loc"], written, absent=kind in {"missing", "extra_forbidden"})
    while kind == "recursion_depth_exceeded" and steps and isinstance(steps[-1], int):
        steps.pop()
    place = join(inside, _path(steps))
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        keys = list(here) if isinstance(here, Mapping) else []
        close = next((found for key in keys if (found := nearest(str(key), _KEYS))), None)
        return refusal(
            f"这里需要一个条件：{'、'.join(_KEYS)} 之一" + (f"，是不是「{close}」？" if close else ""),
            f"A condition is needed here: one of {', '.join(_KEYS)}" + (f"; did you mean “{close}”?" if close else ""),
            place,
        )
    if kind == "extra_forbidden":
        return refusal(f"不认识「{steps[-1]}」，请检查拼写", f"Unknown key “{steps[-1]}”: check the spelling", place)
    if kind == "missing":
        return refusal(f"缺少「{steps[-1]}」", f"“{steps[-1]}” is missing", place)
    zh = in_chinese(kind, first.get("ctx", {})) or "这里写得不对，请对照文档检查"
    return refusal(zh, f"This is not valid: {first['msg']}", place)


def in_chinese(kind: str, context: Mapping[str, object]) -> str | None:
    """What pydantic says in English of a mistake of a kind; None for kinds nobody makes by hand."""
    return _ZH[kind].format(**context) if kind in _ZH else None


# What pydantic says, for those mistakes people make.
_ZH: Final[Mapping[str, str]] = {
    "recursion_depth_exceeded": "这里的嵌套太深",
    "string_type": "这里需要一段文字",
    "string_too_short": "这里不能为空",
    "string_too_long": "这里最多 {max_length} 个字",
    "string_pattern_mismatch": "这里只能用字母、数字、点、横线和下划线",
    "tuple_type": "这里需要一个列表，写在 [ ] 里",
    "too_short": "这里至少要有 {min_length} 项",
    "too_long": "这里最多 {max_length} 项",
    "model_type": "这里需要一个对象，写在 {{ }} 里",
    "model_attributes_type": "这里需要一个对象，写在 {{ }} 里",
    "literal_error": "这里只能是 {expected}",
    "one_measure": "这里写一个度量：sum、avg、min、max、distinct、first、last 之一",
    "date_type": "这里需要一个日期，例如 2026-11-01",
    "date_parsing": "这里需要一个日期，例如 2026-11-01",
    "date_from_datetime_parsing": "这里需要一个日期，例如 2026-11-01",
    "date_from_datetime_inexact": "这里需要一个日期，例如 2026-11-01，不带时间",
    "float_type": "这里需要一个数字",
    "float_parsing": "这里需要一个数字",
    "finite_number": "这里需要一个数字",
    "greater_than_equal": "这里不能小于 {ge:g}",
    "less_than_equal": "这里不能大于 {le:g}",
}


def _steps(loc: tuple[int | str, ...], written: object, *, absent: bool) -> tuple[list[int | str], object]:
    """The steps that exist in the written JSON; pydantic also names the variants it tried."""
    here: object = written
    steps: list[int | str] = []
    for i, step in enumerate(loc):
        if isinstance(step, int) and isinstance(here, Sequence) and step < len(here):
            here = here[step]
        elif isinstance(step, str) and isinstance(here, Mapping) and (step in here or (absent and i == len(loc) - 1)):
            here = here.get(step)
        else:
            continue
        steps.append(step)
    return steps, here


def _path(steps: Sequence[int | str]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.lstrip(".")
