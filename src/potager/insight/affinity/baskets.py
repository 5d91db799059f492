"""Which lines count, as SQL: shared by rules, next products, lookalikes and bundles.

A line counts when its order is paid, lies in the window, was not refunded in full by then, and belongs to a live
customer. How much of it was bought does not matter: an item is in a basket or not.
"""

from potager.facts.warehouse.literals import literals
from potager.insight.affinity.settings import AffinitySettings, Basket, Grain
from potager.insight.moment import Moment
from potager.insight.slots import utc_text


def orders_sql(moment: Moment, days: int | None) -> str:
    """One row per order that counts: number (1, 2, …), k1, k2, cid, ts, day. days None = all history."""
    at = utc_text(moment.at)
    since = "" if days is None else f" AND o.day > DATE '{moment.day.isoformat()}' - {days}"
    return f"""SELECT row_number() OVER () AS number, o.k1, o.k2, o.cid, o.ts, o.day FROM orders o
    LEFT JOIN (SELECT o1, o2, sum(amount) AS amount FROM refund WHERE ts <= TIMESTAMP '{at}' GROUP BY o1, o2) b
        ON b.o1 = o.k1 AND b.o2 = o.k2
    WHERE o.status = 'paid' AND o.ts <= TIMESTAMP '{at}'{since} AND (b.amount IS NULL OR b.amount < o.amount)
        AND o.cid IN (SELECT cid FROM customer WHERE live)"""


def lines_sql(settings: AffinitySettings, moment: Moment, *, days: int | None) -> str:
    """One row per line that counts: number (of its order), cid, ts, day, product, category, brand, qty, amount.

    An unknown category or brand is ''.
    """
    left_out = {
        "i.product": settings.exclude_products,
        "p.category": settings.exclude_categories,
        "p.brand": settings.exclude_brands,
    }
    tests = "".join(f" AND coalesce({name}, '') NOT IN ({literals(out)})" for name, out in left_out.items() if out)
    return f"""SELECT o.number, o.cid, o.ts, o.day, i.product, coalesce(p.category, '') AS category,
        coalesce(p.brand, '') AS brand, i.qty, i.amount
    FROM ({orders_sql(moment, days)}) o
    JOIN order_item i ON i.k1 = o.k1 AND i.k2 = o.k2
    LEFT JOIN product p ON p.product = i.product
    WHERE coalesce(i.product, '') <> ''{tests}"""


def items_sql(settings: AffinitySettings, moment: Moment, grain: Grain, basket: Basket) -> str:
    """One row per basket and item: basket, name. Lines whose category or brand is unknown are in no basket of it."""
    lines = lines_sql(settings, moment, days=settings.days)
    owner = "cid" if basket == Basket.CUSTOMER else "number"
    return f"SELECT DISTINCT {owner} AS basket, {grain} AS name FROM ({lines}) WHERE {grain} <> ''"
