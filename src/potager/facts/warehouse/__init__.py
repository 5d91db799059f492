"""The process's one warehouse, opened when first needed."""

import threading

from potager.core.settings import environment
from potager.facts.warehouse import schema
from potager.facts.warehouse.base import Capabilities, Params, Warehouse, Writer
from potager.facts.warehouse.duckdb import DuckWarehouse

__all__ = ["Capabilities", "Params", "Warehouse", "Writer", "close", "get"]

_lock = threading.Lock()
_warehouse: Warehouse | None = None


def get() -> Warehouse:
    """The warehouse of this process, with the tables of `schema` in it.

    Raises Conflict("warehouse.owned") when another process holds the file.
    """
    global _warehouse
    with _lock:
        if _warehouse is None:
            opened = DuckWarehouse(environment().warehouse_file)
            try:
                with opened.write() as writer:
                    schema.ensure(writer)
            except BaseException:
                opened.close()
                raise
            _warehouse = opened
        return _warehouse


def close() -> None:
    """Let go of the file; the next `get` opens it again."""
    global _warehouse
    with _lock:
        if _warehouse is not None:
            _warehouse.close()
            _warehouse = None
