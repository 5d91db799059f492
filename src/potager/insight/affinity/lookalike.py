"""以货筛人: people who bought X and not yet Y, those most like the buyers of Y first.

Both sides bought X in the window, or, where X is left open, anything besides Y: otherwise having bought something else
would tell the sides apart, which those who lack Y did by definition. Those who also bought Y teach, those who did not
are ranked by naive Bayes over what they have or have not (A. McCallum, K. Nigam 1998, A Comparison of Event Models
for Naive Bayes Text Classification: the multi-variate Bernoulli model), every probability smoothed by half a person:

    score = ln(n1 / n0) + Σ over features  ln(p1 / p0) where the person has it, ln((1 - p1) / (1 - p0)) where not
    p = (people of the side with the feature + ½) / (people of the side + 1)

Features are the products, categories and brands bought besides X and Y, the source, and every choice and yes-or-no
attribute: those at least five people have, the most frequent four hundred. Features that say the same twice count
twice, so the score ranks; it is not a chance of buying. How well it ranks is measured on people it has not seen:
weights from one half of them order the other half, and `auc` is how often a buyer of Y stands before another
(H. B. Mann, D. R. Whitney 1947); 0.5 is no better than drawing lots.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from potager.core.errors import Problem
from potager.facts.warehouse.literals import literal, literals
from potager.insight import catalogue, tables
from potager.insight.affinity.baskets import lines_sql
from potager.insight.affinity.plan import Step
from potager.insight.affinity.scratch import worked
from potager.insight.affinity.settings import AffinitySettings, Grain
from potager.insight.fields import Fields, Kind
from potager.insight.moment import Moment

FEATURES: Final = 400
LEAST: Final = 5
TEACHERS: Final = 10
_HALF: Final = "(p.cid * 2654435761) % 4294967296 < 2147483648"


@dataclass(frozen=True, slots=True)
class Asked:
    """Items of one grain: bought any of `have` (anything else when empty), none of `lack`."""

    grain: Grain
    have: Sequence[str]
    lack: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One person with the three features that speak most for them ("category:洁面", "attr:skin=干性")."""

    cid: int
    score: float
    because: list[str]


@dataclass(frozen=True, slots=True)
class Weight:
    """A feature, how many of each side have it, and what having it adds to the score, not having it apart."""

    feature: str
    buyers: int
    others: int
    weight: float


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """buyers of X and Y, candidates who lack Y, the ranking's auc (None where a half has one side only)."""

    buyers: int
    candidates: int
    auc: float | None
    people: list[Ranked]
    weights: list[Weight]


def steps(settings: AffinitySettings, moment: Moment, asked: Asked, fields: Fields) -> list[Step]:
    """From lines to scores, and to the scores of one half by the other."""
    return [
        Step("aff_bought", "everything that was bought", _bought(settings, moment, asked.grain), large=True),
        Step("aff_person", "who bought X, and whether Y", _persons(asked), large=True),
        Step("aff_feature", "what else is known of them", _features(asked, fields), large=True),
        Step("aff_weight", "what each feature says", _weights("TRUE")),
        Step("aff_score", "everybody's score", _scores("aff_weight"), large=True),
        Step("aff_weight_half", "the same from one half", _weights(_HALF)),
        Step("aff_score_half", "the scores by it", _scores("aff_weight_half"), large=True),
    ]


def find(settings: AffinitySettings, moment: Moment, asked: Asked, size: int) -> Lookalikes:
    """The best `size` people.

    Raises Problem("affinity.few") when too few bought Y to learn from, or nobody is left to rank.
    """
    _check(asked)
    owner = tables.opened()
    with worked(owner, steps(settings, moment, asked, catalogue.load())):
        sides = owner.query(
            "SELECT count(*) FILTER (got) AS buyers, count(*) FILTER (NOT got) AS candidates FROM aff_person"
        ).to_pylist()[0]
        if sides["buyers"] < TEACHERS or not sides["candidates"]:
            raise Problem(
                "affinity.few",
                zh=f"买过目标商品的只有 {sides['buyers']} 人，还没买的有 {sides['candidates']} 人："
                f"至少要有 {TEACHERS} 人买过、并且还有人没买，才比得出谁像",
                en=f"{sides['buyers']} people bought the target and {sides['candidates']} did not: at least "
                f"{TEACHERS} buyers and somebody left to rank are needed",
                place="lack",
            )
        people = owner.query(
            f"SELECT cid, score, because FROM aff_score WHERE NOT got ORDER BY score DESC, cid LIMIT {int(size)}"
        )
        weights = owner.query(
            "SELECT feature, buyers, others, weight FROM aff_weight ORDER BY abs(weight) DESC, feature"
        )
        return Lookalikes(
            buyers=sides["buyers"],
            candidates=sides["candidates"],
            auc=owner.query(_AUC)["auc"][0].as_py(),
            people=[Ranked(**row) for row in people.to_pylist()],
            weights=[Weight(**row) for row in weights.to_pylist()],
        )


def _check(asked: Asked) -> None:
    if not asked.lack or set(asked.have) & set(asked.lack):
        raise Problem(
            "affinity.asked",
            zh="请至少选一件目标商品，并且它不在「已买」里",
            en="Choose at least one target, and not one of those bought already",
            place="lack",
        )


def _bought(settings: AffinitySettings, moment: Moment, grain: Grain) -> str:
    lines = lines_sql(settings, moment, days=settings.days)
    return f"SELECT DISTINCT cid, product, category, brand, {grain} AS name FROM ({lines})"


def _persons(asked: Asked) -> str:
    have = f"name IN ({literals(asked.have)})" if asked.have else f"name NOT IN ({literals(asked.lack)})"
    got = f"bool_or(name IN ({literals(asked.lack)})) AS got"
    return f"SELECT cid, {got} FROM aff_bought GROUP BY cid HAVING bool_or({have})"


def _features(asked: Asked, fields: Fields) -> str:
    """One row per person and feature, as "kind:value"."""
    kinds = (Grain.PRODUCT, Grain.CATEGORY, Grain.BRAND)
    besides = f"b.name NOT IN ({literals([*asked.have, *asked.lack])})"
    parts = [
        f"SELECT b.cid, '{kind}:' || b.{kind} AS feature FROM aff_bought b WHERE {besides} AND b.{kind} <> ''"
        for kind in kinds
    ]
    parts.append("SELECT c.cid, 'source:' || c.source FROM customer c WHERE c.source <> ''")
    parts += [
        f"""SELECT c.cid, {literal(f"attr:{each.key}=")} || CAST(c."{each.column}" AS VARCHAR) FROM customer c
        WHERE c."{each.column}" IS NOT NULL"""
        for each in fields.attrs.values()
        if each.kind in {Kind.CHOICE, Kind.BOOL}
    ]
    return (
        f"SELECT DISTINCT f.cid, f.feature FROM ({' UNION ALL '.join(parts)}) f SEMI JOIN aff_person p ON p.cid = f.cid"
    )


def _weights(taught: str) -> str:
    """From the people for whom `taught` holds: weight = logit p1 - logit p0, base = what not having it adds, prior."""
    return f"""WITH side AS (
        SELECT CAST(count(*) FILTER (got) AS DOUBLE) AS n1, CAST(count(*) FILTER (NOT got) AS DOUBLE) AS n0
        FROM aff_person p WHERE {taught}
    ), counted AS (
        SELECT f.feature, count(*) FILTER (p.got) AS buyers, count(*) FILTER (NOT p.got) AS others
        FROM aff_feature f JOIN aff_person p ON p.cid = f.cid WHERE {taught}
        GROUP BY f.feature HAVING count(*) >= {LEAST} ORDER BY count(*) DESC, f.feature LIMIT {FEATURES}
    )
    SELECT feature, buyers, others,
        ln((buyers + 0.5) / (n1 - buyers + 0.5)) - ln((others + 0.5) / (n0 - others + 0.5)) AS weight,
        ln((n1 - buyers + 0.5) / (n1 + 1)) - ln((n0 - others + 0.5) / (n0 + 1)) AS base, ln(n1 / n0) AS prior
    FROM counted CROSS JOIN side WHERE n1 > 0 AND n0 > 0"""


def _scores(weights: str) -> str:
    """Rounded, or equal people would differ by the order their weights were added in."""
    return f"""SELECT p.cid, p.got, round(b.start + coalesce(sum(w.weight), 0), 9) AS score,
        coalesce(arg_max(w.feature, w.weight, 3) FILTER (w.weight > 0), []) AS because
    FROM aff_person p
    CROSS JOIN (SELECT coalesce(any_value(prior) + sum(base), 0) AS start FROM {weights}) b
    LEFT JOIN aff_feature f ON f.cid = p.cid
    LEFT JOIN {weights} w ON w.feature = f.feature
    GROUP BY p.cid, p.got, b.start"""


_AUC: Final = f"""WITH unseen AS (
    SELECT got, rank() OVER (ORDER BY score) + (count(*) OVER (PARTITION BY score) - 1) / 2 AS place
    FROM aff_score_half p WHERE NOT ({_HALF})
)
SELECT (sum(place) FILTER (got) - count(*) FILTER (got) * (count(*) FILTER (got) + 1) / 2)
    / nullif(count(*) FILTER (got) * count(*) FILTER (NOT got), 0) AS auc
FROM unseen"""
