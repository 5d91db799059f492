"""The process's one warehouse, opened when first needed: the embedded file, the process that
owns it, or the engine POTAGER_WAREHOUSE names."""

import threading

from potager.core.settings import environment
from potager.facts.warehouse import refusals, schema
from potager.facts.warehouse.base import Capabilities, Params, Target, Warehouse, Writer
from potager.facts.warehouse.clickhouse import ClickHouseWarehouse
from potager.facts.warehouse.duckdb import DuckWarehouse
from potager.facts.warehouse.remote import RemoteWarehouse
from potager.facts.warehouse.spark import SparkWarehouse

__all__ = [
    "Capabilities", "Params", "Target", "Warehouse", "Writer", "close", "distributed", "embedded", "get",
    "loads_facts", "owned", "target",
]  # fmt: skip

_lock = threading.Lock()
_warehouse: Warehouse | None = None


def get() -> Warehouse:
    """The warehouse of this process; the embedded one with the tables of `schema` in it.

    Raises Conflict("warehouse.owned") when another process holds the file, Problem for a POTAGER_WAREHOUSE that cannot
    be opened.
    """
    global _warehouse
    with _lock:
        if _warehouse is None:
            url = environment().warehouse
            _warehouse = _opened(url)
        return _warehouse


def owned() -> DuckWarehouse:
    """The embedded file, where this process has it to itself.

    Raises Conflict("warehouse.owned") where another one has it, or POTAGER_WAREHOUSE names anything else.
    """
    found = get()
    if not isinstance(found, DuckWarehouse):
        raise refusals.owner_only()
    return found


def _opened(url: str) -> Warehouse:
    if url in {"", "duckdb:"}:
        return embedded()
    if url.startswith("remote:"):
        return RemoteWarehouse(url, environment().home)
    return distributed(url)


def target() -> Target | None:
    """The warehouse of this process where it is a distributed engine, as a refresh fills it."""
    found = get()
    return found if isinstance(found, ClickHouseWarehouse | SparkWarehouse) else None


def loads_facts() -> bool:
    """Whether POTAGER_WAREHOUSE names an engine facts are loaded into: the embedded file, here or at its owner."""
    url = environment().warehouse
    return url in {"", "duckdb:"} or url.startswith("remote:")


def embedded() -> DuckWarehouse:
    """The embedded file, opened; whoever asks for it closes it."""
    opened = DuckWarehouse(environment().warehouse_file)
    try:
        with opened.write() as writer:
            schema.ensure(writer)
    except BaseException:
        opened.close()
        raise
    return opened


def distributed(url: str) -> ClickHouseWarehouse | SparkWarehouse:
    """A distributed engine by its URL.

    Raises Problem when the URL names none, its client is not installed, or it does not answer.
    """
    match url.partition("://")[0]:
        case "clickhouse":
            return ClickHouseWarehouse(url)
        case "sc":
            return SparkWarehouse(url)
        case _:
            raise refusals.bad_url(url)


def close() -> None:
    """Let go of the file; the next `get` opens it again."""
    global _warehouse
    with _lock:
        if _warehouse is not None:
            _warehouse.close()
            _warehouse = None
