"""Rules, next products, lookalikes and bundles as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from potager.insight import catalogue
from potager.insight.affinity import queries, schemas
from potager.insight.affinity.bundle import Simulation
from potager.insight.affinity.lookalike import Asked, Lookalikes
from potager.insight.affinity.queries import Run
from potager.insight.affinity.settings import Grain
from potager.insight.fields import Fields
from potager.org.access import Actor
from potager.people import queries as people

FEATURES = 12


def run_out(run: Run | None) -> schemas.AffinityRun | None:
    """What stored rules stand at."""
    if run is None:
        return None
    return schemas.AffinityRun(
        as_of=run.as_of,
        computed_at=run.computed_at,
        ms=run.ms,
        baskets=run.baskets or 0,
        items=run.items or 0,
        minimums=run.minimums or [],
    )


def rules_out(grain: Grain, rows: Sequence[Mapping[str, Any]]) -> list[schemas.AffinityRule]:
    """Rules with the names of their items."""
    named = queries.names(grain, [key for row in rows for key in (*row["left_items"], row["right_item"])])
    return [
        schemas.AffinityRule(
            left=_items(row["left_items"], named),
            right=_item(row["right_item"], named),
            **{name: row[name] for name in schemas.AffinityRule.model_fields if name not in {"left", "right"}},
        )
        for row in rows
    ]


def next_out(cid: int, rows: Sequence[Mapping[str, Any]]) -> list[schemas.NextProduct]:
    """Next products of one customer, with the day of the purchase they follow from."""
    keys = [key for row in rows for key in (row["product"], *row["because"])]
    named, days = queries.names(Grain.PRODUCT, keys), queries.last_days(cid, sorted(set(keys)))
    return [
        schemas.NextProduct(
            product=_item(row["product"], named),
            kind=row["kind"],
            because=_items(row["because"], named),
            last_day=max((days[key] for key in row["because"] if key in days), default=None),
            **{name: row[name] for name in ("confidence", "lift", "score", "q", "due")},
        )
        for row in rows
    ]


def lookalike_out(actor: Actor, asked: Asked, found: Lookalikes, shown: int, language: str) -> schemas.LookalikeOut:
    """The best people with their names and reasons, and what tells buyers apart."""
    fields = catalogue.load()
    best = found.people[:shown]
    tops = [*found.weights[:FEATURES]]
    words = _words([each.feature for each in tops] + [name for each in best for name in each.because], fields, language)
    called = dict(people.visible_to(actor).filter(id__in=[each.cid for each in best]).values_list("id", "name"))
    return schemas.LookalikeOut(
        sentence=sentence(asked, language),
        buyers=found.buyers,
        candidates=found.candidates,
        auc=found.auc,
        people=[
            schemas.LookalikePerson(
                cid=each.cid,
                name=called.get(each.cid, ""),
                score=each.score,
                because=[words[name][1] for name in each.because],
            )
            for each in best
        ],
        features=[
            schemas.LookalikeFeature(
                kind=words[each.feature][0],
                name=words[each.feature][1],
                buyers_share=each.buyers / found.buyers,
                others_share=each.others / found.candidates,
                weight=each.weight,
            )
            for each in tops
        ],
    )


def sentence(asked: Asked, language: str) -> str:
    """买过 X、没买过 Y、最像 Y 买家的人 / bought X, not Y, most like the buyers of Y."""
    named = queries.names(asked.grain, [*asked.have, *asked.lack])
    zh = language == "zh"
    joined = ("或" if zh else " or ").join
    have, lack = joined(named[key] for key in asked.have), joined(named[key] for key in asked.lack)
    if zh:
        return f"{f'买过 {have}' if have else '买过别的'}、没买过 {lack}，最像 {lack} 的买家"
    return f"bought {have or 'anything else'}, not {lack}, most like the buyers of {lack}"


def bundle_out(found: Simulation) -> schemas.BundleOut:
    """A simulation with the names of its products."""
    named = {part.product: part.name for part in found.parts}
    money = found.money
    return schemas.BundleOut(
        customers=found.customers,
        have_all=found.have_all,
        parts=[
            schemas.BundlePart(
                key=part.product,
                name=part.name,
                price_minor=part.price,
                paid=part.paid,
                cost_minor=part.cost,
                buyers=part.buyers,
            )
            for part in found.parts
        ],
        groups=[
            schemas.BundleGroup(
                have=_items(group.have, named),
                lack=_items(group.lack, named),
                both=group.both,
                of=group.of,
                **asdict(group.takeup),
            )
            for group in found.groups
        ],
        takers=found.takers,
        takers_low=found.takers_low,
        takers_high=found.takers_high,
        takers_needed=found.takers_needed,
        price_minor=money.price,
        apart_minor=money.apart,
        discount_minor=money.discount,
        margin_minor=money.margin,
        margin_apart_minor=money.margin_apart,
        break_even=None if money.break_even is None else float(money.break_even),
        never=money.never,
    )


def _item(key: str, named: Mapping[str, str]) -> schemas.AffinityItem:
    return schemas.AffinityItem(key=key, name=named.get(key, key))


def _items(keys: Sequence[str], named: Mapping[str, str]) -> list[schemas.AffinityItem]:
    return [_item(key, named) for key in keys]


def _words(features: Sequence[str], fields: Fields, language: str) -> dict[str, tuple[str, str]]:
    """Feature → (its kind, what a person calls it)."""
    products = queries.names(
        Grain.PRODUCT, [each.removeprefix("product:") for each in features if each.startswith("product:")]
    )
    found = {}
    for each in features:
        kind, _, value = each.partition(":")
        if kind == "product":
            value = products[value]
        elif kind == "source":
            value = fields.sources.get(value, value)
        elif kind == "attr":
            kind, _, said = value.partition("=")
            value = f"{fields.attrs[kind].label(language)} {said}"
        found[each] = (kind, value)
    return found
