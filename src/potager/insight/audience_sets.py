"""Audiences made of audiences: combined, sampled, split; and how several overlap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue
from pyroaring import BitMap

from potager.core.errors import Problem
from potager.insight import algebra, catalogue, definitions, queries, sets
from potager.insight.algebra import Region, SetOp
from potager.insight.conditions import bind_rule
from potager.insight.models import Audience
from potager.insight.set_schemas import CombineIn, SampleIn, SplitAudienceIn
from potager.insight.specs import AudienceSpec
from potager.org.access import Actor

MOST: Final = 6


@dataclass(frozen=True, slots=True)
class Overlap:
    """Audiences in the order asked, with their members, and the regions they cut each other into."""

    members: dict[str, BitMap]
    regions: list[Region]


def members(row: Audience) -> BitMap:
    """The live customers in an audience now: of a live one as its condition stands, of another its list."""
    fields = catalogue.load()
    condition = row.condition if row.kind == "live" else _leaf(row.key)
    return BitMap(sets.members(bind_rule(condition, fields), fields=fields))


def overlap(keys: Sequence[str]) -> Overlap:
    """Exact counts of every region.

    Raises NotFound, or Problem when it is not two to six different audiences.
    """
    if len(set(keys)) != len(keys) or not 2 <= len(keys) <= MOST:
        raise Problem(
            "audience.overlap",
            zh=f"请选 2 到 {MOST} 个不同的人群来看重叠",
            en=f"Choose 2 to {MOST} different audiences to see how they overlap",
            place="key",
        )
    found = _members_of(keys)
    return Overlap(found, algebra.regions(found))


def combine(body: CombineIn) -> BitMap:
    """Who a combination selects now. Raises NotFound, or Problem when an audience is named twice."""
    named = [*body.of, *body.outside]
    if len(set(named)) != len(named):
        raise Problem(
            "audience.twice",
            zh="同一个人群写了两次；每个人群只写一次",
            en="An audience is named twice; name each once",
            place="of",
        )
    found = _members_of(named)
    return algebra.combined(body.op, [found[key] for key in body.of], [found[key] for key in body.outside])


def condition(body: CombineIn) -> dict[str, JsonValue]:
    """The same combination as a condition, which a live audience follows."""
    leaves: list[JsonValue] = [_leaf(key) for key in body.of]
    gone: list[JsonValue] = [{"not": _leaf(key)} for key in body.outside]
    match body.op:
        case SetOp.UNION:
            inside: list[JsonValue] = [{"any": leaves} if len(leaves) > 1 else leaves[0]]
        case SetOp.INTERSECT:
            inside = leaves
        case SetOp.MINUS:
            inside = [leaves[0], *({"not": leaf} for leaf in leaves[1:])]
    return {"all": [*inside, *gone]}


def save(actor: Actor, body: CombineIn, found: BitMap | None) -> Audience:
    """Keep a combination: as the list of its members, or as a live audience when there are none given."""
    spec = AudienceSpec(key=body.key, name_zh=body.name_zh, name_en=body.name_en, condition=condition(body))
    if found is None:
        definitions.refuse_taken(spec.key)
        return definitions.save_audience(actor, spec)
    return definitions.freeze(actor, spec, found, of=f" {body.op} ".join(body.of))


def save_sample(actor: Actor, source: Audience, body: SampleIn, found: BitMap) -> Audience:
    """Keep a sample of an audience as a list."""
    n = body.n if body.n is not None else algebra.share_of(found, body.percent or 0)
    spec = AudienceSpec(key=body.key, name_zh=body.name_zh, name_en=body.name_en, condition=_leaf(source.key))
    return definitions.freeze(actor, spec, algebra.sample(found, n, body.seed), of=source.key)


def save_split(actor: Actor, source: Audience, body: SplitAudienceIn, found: BitMap) -> list[Audience]:
    """Keep the parts of an audience as lists: disjoint, and together everybody."""
    parts = algebra.split(found, [part.share for part in body.parts], body.seed)
    return [
        definitions.freeze(
            actor,
            AudienceSpec(key=part.key, name_zh=part.name_zh, name_en=part.name_en, condition=_leaf(source.key)),
            people,
            of=source.key,
        )
        for part, people in zip(body.parts, parts, strict=True)
    ]


def _members_of(keys: Sequence[str]) -> dict[str, BitMap]:
    return {key: members(queries.audience(key)) for key in keys}


def _leaf(key: str) -> dict[str, JsonValue]:
    return {"audience": key}
