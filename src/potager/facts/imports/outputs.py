"""From the accepted rows of a whole file to the targets of a bulk load: duplicates, derived orders, refunds."""

from collections.abc import Iterator, Mapping

from potager.facts.imports.mapping import FIELDS, PERSONAL_KINDS, FileMapping, Kind
from potager.facts.warehouse.literals import literal

_TYPES = {
    "ts": "TIMESTAMP",
    "day": "DATE",
    "qty": "DOUBLE",
    **dict.fromkeys(("amount", "discount", "cost", "price", "version", "life_days"), "BIGINT"),
}
# The warehouse tables whose new rows are rows of the file; what a file's rows also bring is counted apart.
MAIN: Mapping[Kind, frozenset[str]] = {
    Kind.ORDERS: frozenset({"orders", "refund"}),
    Kind.ORDER_ITEMS: frozenset({"order_item", "refund"}),
    Kind.REFUNDS: frozenset({"refund"}),
    Kind.PRODUCTS: frozenset({"product"}),
    Kind.EVENTS: frozenset({"event"}),
    Kind.COSTS: frozenset({"channel_cost"}),
}


def prepared(kind: Kind, mapping: FileMapping, parts: str, version: int) -> str:
    """SQL of the accepted rows of all parts with every field of the kind, exact duplicates settled.

    nth      which of the equal rows this is; only the first is left unless the mapping keeps them
    A generated key is the row's digest and its nth: the same file again gives the same keys.
    version  what a row has that says none
    """
    given = mapping.fields.keys() | mapping.constants.keys()

    nth = "row_number() OVER (PARTITION BY hash ORDER BY at_line)"

    def field(name: str) -> str:
        if name in mapping.generated:
            return f"'row:' || hash || ':' || {nth} AS {name}"
        value = name if name in given else f"NULL::{_TYPES.get(name, 'VARCHAR')}"
        return f"coalesce({value}, {version}) AS version" if name == "version" else f"{value} AS {name}"

    fields = ", ".join(field(name) for name in sorted(FIELDS[kind][0] | FIELDS[kind][1]))
    people = "iid, cid, " if kind in PERSONAL_KINDS else ""
    props = "props, " if kind == Kind.EVENTS else ""
    once = "" if mapping.duplicates == "keep" else "QUALIFY nth = 1"
    return f"SELECT at_line, hash, {people}{props}{fields}, {nth} AS nth FROM {parts} {once}"


def targets(kind: Kind, mapping: FileMapping, rows: str) -> Iterator[tuple[str, str]]:
    """(bulk target, SQL over the relation `rows` of `prepared`) for each thing the file brings, in the file's order."""
    source = literal(mapping.source)
    shop = f"coalesce(shop, {source})" if "shop" in FIELDS[kind][1] else source
    match kind:
        case Kind.ORDERS:
            yield (
                "orders",
                f"""SELECT {shop} AS shop, order_no, version, iid, cid, ts, coalesce(status, 'paid') AS status, amount,
                    discount, cost, channel, store, {source} AS source FROM {rows} WHERE {_ordinary(mapping)}
                    ORDER BY at_line""",
            )
            if mapping.negatives == "refund":
                yield (
                    "refunds",
                    f"""SELECT {shop} AS shop, order_no AS refund_no, coalesce(refund_of, order_no) AS order_no,
                        version, iid, cid, ts, -amount AS amount FROM {rows} WHERE amount < 0 ORDER BY at_line""",
                )
        case Kind.ORDER_ITEMS:
            yield from _item_targets(mapping, rows, shop, source)
        case Kind.REFUNDS:
            yield (
                "refunds",
                f"""SELECT {shop} AS shop, refund_no, order_no, version, iid, cid, ts, abs(amount) AS amount
                FROM {rows} ORDER BY at_line""",
            )
        case Kind.PRODUCTS:
            columns = "product, name, category, brand, price, cost, life_days, version"
            yield ("products", f"SELECT {columns} FROM {rows} ORDER BY at_line")
        case Kind.EVENTS:
            yield (
                "events",
                f"""SELECT {source} AS source, coalesce(message_id, 'row:' || hash || ':' || nth) AS message_id,
                    iid, cid, ts, event AS type, channel, amount, qty, props FROM {rows} ORDER BY at_line""",
            )
        case Kind.COSTS:
            columns = f"coalesce(source, {source}) AS source, coalesce(channel, '') AS channel, day, amount, version"
            yield ("costs", f"SELECT {columns} FROM {rows} ORDER BY at_line")
        case Kind.CUSTOMERS:
            raise ValueError("customers live in the operations store")


def _item_targets(mapping: FileMapping, rows: str, shop: str, source: str) -> Iterator[tuple[str, str]]:
    # A line that nobody numbered is named by its product and which of that product's lines in the order it is.
    nth = f"row_number() OVER (PARTITION BY {shop}, order_no, product ORDER BY at_line)"
    named = f"""(SELECT * REPLACE ({shop} AS shop, coalesce(line, coalesce(product, '') || ':' || {nth}) AS line)
        FROM {rows})"""
    yield (
        "items",
        f"""SELECT shop, order_no, line, version, iid, cid, ts, product, qty, amount, cost
        FROM {named} WHERE {_ordinary(mapping)} ORDER BY at_line""",
    )
    if mapping.negatives == "refund":
        yield (
            "refunds",
            f"""SELECT shop, order_no || ':' || line AS refund_no, order_no, version, iid, cid, ts, -amount AS amount
            FROM {named} WHERE amount < 0 ORDER BY at_line""",
        )
    if mapping.derive_orders:
        yield (
            "orders",
            f"""SELECT shop, order_no, max(version) AS version, arg_min(iid, at_line) AS iid,
                arg_min(cid, at_line) AS cid, min(ts) AS ts, sum(amount)::BIGINT AS amount,
                arg_min(channel, at_line) AS channel, arg_min(store, at_line) AS store, {source} AS source,
                true AS has_items
            FROM {named} WHERE {_ordinary(mapping)} GROUP BY shop, order_no ORDER BY min(at_line)""",
        )


def _ordinary(mapping: FileMapping) -> str:
    return "amount >= 0" if mapping.negatives == "refund" else "true"
