"""One customer as the single interpreter sees them, read from the warehouse: the rows the set interpreter reads."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from potager.facts.warehouse import Warehouse
from potager.insight import membership
from potager.insight.conditions.base import Bond, Happening, Held, Relative, Spell, Subject
from potager.insight.fields import VALUE_ATTRS, Fields
from potager.insight.moment import Moment
from potager.people import queries as people


def load(owner: Warehouse, cid: int, moment: Moment, fields: Fields) -> Subject:
    """Everything known of a live customer by today; the interpreter looks at what was before the moment."""

    def rows(sql: str) -> list[dict[str, Any]]:
        return owner.query(sql, [cid]).to_pylist()

    customer = rows("SELECT * FROM customer WHERE cid = ? AND live")
    roles = people.roles_at_home([cid])
    relations = rows("SELECT staff, since, until, source FROM relation WHERE cid = ?")
    tags = rows("SELECT tag, value, since, until FROM manual_tag WHERE cid = ?")
    expected = rows("SELECT * FROM customer_value WHERE cid = ?")
    spells = rows("SELECT model, layer, from_day, to_day FROM layer_history WHERE cid = ?")
    return Subject(
        moment,
        _attrs(customer[0], expected[0] if expected else {}, fields) if customer else {},
        _happenings(owner, cid, fields),
        [Bond(row["staff"], _aware(row["since"]), _maybe(row["until"]), row["source"]) for row in relations],
        [Held(row["tag"], row["value"], _aware(row["since"]), _maybe(row["until"])) for row in tags],
        [Spell(row["model"], row["layer"], row["from_day"], row["to_day"]) for row in spells],
        _audiences(owner, cid, moment, fields),
        cid,
        {household: frozenset(held) for household, held in _by_household(roles).items()},
        partial(_relatives, owner, cid, moment, fields),
        membership.on_lists_since(cid, moment.at) if fields.lists else {},
    )


def _by_household(roles: Iterable[tuple[int, int, str]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for household, _, role in roles:
        found.setdefault(household, set()).add(role)
    return found


def _relatives(owner: Warehouse, cid: int, moment: Moment, fields: Fields) -> list[Relative]:
    """The other live customers of the same households."""
    others = [each for each in people.roles_of_relatives(cid) if each[1] != cid]
    live = {
        row["cid"]
        for row in owner.query(
            "SELECT cid FROM customer WHERE live AND list_contains(?, cid)", [sorted({other for _, other, _ in others})]
        ).to_pylist()
    }
    known = {other: load(owner, other, moment, fields) for other in sorted(live)}
    return [Relative(household, role, known[other]) for household, other, role in others if other in known]


def _attrs(row: Mapping[str, Any], expected: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    found = {key: row.get(field.column) for key, field in fields.attrs.items()}
    found |= {key: expected.get(field.column) for key, field in VALUE_ATTRS.items()}
    return found | {
        "source": row["source"],
        "owner": row["owner"],
        "first_seen": row["first_day"],
        "first_seen_at": _maybe(row["first_seen"]),
    }


def _happenings(owner: Warehouse, cid: int, fields: Fields) -> list[Happening]:
    events = owner.query(
        """SELECT t.key AS type_key, c.key AS channel_key, e.* FROM event e JOIN event_type t ON t.id = e.type
        LEFT JOIN channel_dict c ON c.id = e.channel WHERE e.cid = ?""",
        [cid],
    ).to_pylist()
    orders = owner.query("SELECT * FROM orders WHERE cid = ? AND status = 'paid'", [cid]).to_pylist()
    refunds = owner.query("SELECT * FROM refund WHERE cid = ?", [cid]).to_pylist()
    items = _items(owner, cid)
    found = [_event(row, fields) for row in events]
    found += [
        Happening("order_paid", _aware(row["ts"]), row["day"], row, items.get((row["k1"], row["k2"]), ()))
        for row in orders
    ]
    return found + [Happening("order_refunded", _aware(row["ts"]), row["day"], row) for row in refunds]


def _items(owner: Warehouse, cid: int) -> dict[tuple[int, int], list[dict[str, Any]]]:
    """The lines of the customer's orders, with what the catalogue knows of their products."""
    found: dict[tuple[int, int], list[dict[str, Any]]] = {}
    rows = owner.query(
        """SELECT i.k1, i.k2, i.product, i.qty, i.amount, p.name, p.category, p.brand
        FROM orders o JOIN order_item i ON i.k1 = o.k1 AND i.k2 = o.k2 LEFT JOIN product p ON p.product = i.product
        WHERE o.cid = ?""",
        [cid],
    )
    for row in rows.to_pylist():
        found.setdefault((row["k1"], row["k2"]), []).append(row)
    return found


def _event(row: Mapping[str, Any], fields: Fields) -> Happening:
    props = {"amount": row["amount"], "qty": row["qty"], "channel": row["channel_key"]}
    known = fields.events.get(row["type_key"])
    if known is not None:
        for key, field in known.props.items():
            if field.column.startswith("p_") and field.column in row:
                value = row[field.column]
                props[key] = _aware(value) if isinstance(value, datetime) else value
    return Happening(row["type_key"], _aware(row["ts"]), row["day"], props)


def _audiences(owner: Warehouse, cid: int, moment: Moment, fields: Fields) -> dict[str, datetime | None]:
    found = membership.members(fields.audiences.keys(), moment.at, owner.query)
    return {key: None for key, members in found.items() if cid in members}


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)


def _maybe(at: datetime | None) -> datetime | None:
    return None if at is None else _aware(at)
