"""Running the steps of a plan, each into a table of its own that is gone afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from potager.facts.warehouse import Warehouse
from potager.insight.affinity.plan import Step, tables


@contextmanager
def worked(owner: Warehouse, steps: Sequence[Step]) -> Iterator[None]:
    """Run the steps; inside, their tables can be read. One such run at a time.

    The first step looks at the facts, all others at its result: so the steps may commit one by one, and the loader
    waits for none longer than it takes to write it.
    """
    with owner.heavy():
        try:
            for step in steps:
                rows = step.sql if step.large else owner.query(step.sql)
                with owner.write() as writer:
                    writer.replace(step.table, rows)
            yield
        finally:
            with owner.write() as writer:
                for table in tables(steps):
                    writer.execute(f"DROP TABLE IF EXISTS {table}")
