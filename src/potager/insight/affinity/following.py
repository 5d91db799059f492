"""下一件最可能买的商品: the products each customer is most likely to buy next, and why.

Two reasons, on one scale (confidence × lift):

rule   they bought everything on the left of a significant rule over customers in its window, and not yet its right
       side; or they did, long enough ago by the product's life
again  they bought a product whose life is over: the rule "who buys it, buys it again on a later day"

Only rules with lift above 1 and q at most `max_q` recommend. Per left side the five best rules count, per customer
and product the best reason, per customer the three best products.
"""

from typing import Final

import pyarrow as pa

from potager.insight import tables
from potager.insight.affinity.baskets import lines_sql
from potager.insight.affinity.plan import Step
from potager.insight.affinity.scratch import worked
from potager.insight.affinity.settings import AffinitySettings
from potager.insight.moment import Moment

PRODUCTS: Final = 3
RULES: Final = 2_000
_PER_LEFT: Final = 5
_RESULT: Final = "aff_next"


def steps(settings: AffinitySettings, moment: Moment, *, cid: int | None = None) -> list[Step]:
    """From what everybody owns to the three next products of each, or of one customer."""
    day = f"DATE '{moment.day.isoformat()}'"
    one = "" if cid is None else f" AND cid = {int(cid)}"
    return [
        Step("aff_owned", "who bought which product, when last", _owned(settings, moment), large=True),
        Step("aff_chosen", "the rules that may recommend", _chosen(settings)),
        Step("aff_again", "how often a product is bought again", _again(settings, day)),
        Step(
            "aff_followed", "rules whose whole left side a customer bought", _followed(settings, day, one), large=True
        ),
        Step(_RESULT, "the best products of each customer", _ranked(day, one), large=True),
    ]


def find(settings: AffinitySettings, moment: Moment, *, cid: int | None = None) -> pa.Table:
    """cid, rank (from 1), product, kind, because, confidence, lift, score, q, due."""
    owner = tables.opened()
    with worked(owner, steps(settings, moment, cid=cid)):
        return owner.query(f"FROM {_RESULT} ORDER BY cid, rank")


def _owned(settings: AffinitySettings, moment: Moment) -> str:
    """All history: a product bought before the window is not new to its buyer."""
    lines = lines_sql(settings, moment, days=None)
    return f"""SELECT l.cid, l.product, CAST(max(l.day) AS DATE) AS last_day, count(DISTINCT l.day) AS days,
        CAST(max(l.day) AS DATE) + max(p.life_days) AS due
    FROM ({lines}) l LEFT JOIN product p ON p.product = l.product GROUP BY l.cid, l.product"""


def _chosen(settings: AffinitySettings) -> str:
    return f"""SELECT row_number() OVER (ORDER BY confidence * lift DESC, left_items, right_item) AS rule, left_items,
        right_item, confidence, lift, q
    FROM affinity_rule WHERE grain = 'product' AND basket = 'customer' AND lift > 1 AND q <= {settings.max_q!r}
    QUALIFY row_number() OVER (PARTITION BY left_items ORDER BY confidence * lift DESC, right_item) <= {_PER_LEFT}
    ORDER BY rule LIMIT {RULES}"""


def _again(settings: AffinitySettings, day: str) -> str:
    recent = f"last_day > {day} - {settings.days}"
    people = f"(SELECT count(DISTINCT cid) FROM aff_owned WHERE {recent})"
    return f"""SELECT product, count(*) FILTER (days > 1) / count(*) AS confidence,
        (count(*) FILTER (days > 1) / count(*)) / (count(*) / {people}) AS lift
    FROM aff_owned WHERE {recent} GROUP BY product
    HAVING count(*) FILTER (days > 1) >= {settings.min_count} AND count(due) > 0"""


def _followed(settings: AffinitySettings, day: str, one: str) -> str:
    return f"""SELECT o.cid, c.rule FROM (SELECT rule, len(left_items) AS size, unnest(left_items) AS product
        FROM aff_chosen) c
    JOIN aff_owned o ON o.product = c.product AND o.last_day > {day} - {settings.days}{one.replace("cid", "o.cid")}
    GROUP BY o.cid, c.rule HAVING count(*) = any_value(c.size)"""


def _ranked(day: str, one: str) -> str:
    reason = "struct_pack(kind := kind, because := because, confidence := confidence, lift := lift, q := q, due := due)"
    return f"""WITH reasons AS (
        SELECT f.cid, c.right_item AS product, 'rule' AS kind, c.left_items AS because, c.confidence, c.lift, c.q, o.due
        FROM aff_followed f JOIN aff_chosen c USING (rule)
        LEFT JOIN aff_owned o ON o.cid = f.cid AND o.product = c.right_item
        WHERE o.cid IS NULL OR o.due <= {day}
        UNION ALL
        SELECT o.cid, o.product, 'again', [o.product], a.confidence, a.lift, NULL, o.due
        FROM aff_owned o JOIN aff_again a USING (product) WHERE o.due <= {day}{one}
    ), best AS (
        SELECT cid, product, max(confidence * lift) AS score,
            arg_max({reason}, struct_pack(score := confidence * lift, kind := kind, because := because)) AS found
        FROM reasons GROUP BY cid, product
    )
    SELECT cid, CAST(row_number() OVER (PARTITION BY cid ORDER BY score DESC, product) AS INTEGER) AS rank, product,
        found.kind, found.because, found.confidence, found.lift, score, found.q, found.due
    FROM best QUALIFY rank <= {PRODUCTS}"""
