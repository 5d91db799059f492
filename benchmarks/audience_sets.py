"""Set algebra of audiences of a million people, beside DuckDB's INTERSECT and EXCEPT in the same run.

    PYTHONPATH=src python benchmarks/audience_sets.py [--customers 2000000] [--members 1000000]

Members are spread at random over all customers, which is the hardest case for a compressed bitmap. DuckDB has each
audience as a table of sorted cids; reading a stored audience into a bitmap is printed by itself.
"""

import argparse
import resource
import statistics
from collections.abc import Callable, Sequence
from time import perf_counter

import duckdb
import numpy as np
import pyarrow as pa
from pyroaring import BitMap

from potager.insight import algebra
from potager.insight.algebra import SetOp

_TIMES = 15


def median_ms(act: Callable[[], object]) -> float:
    spent = []
    for _ in range(_TIMES):
        begun = perf_counter()
        act()
        spent.append((perf_counter() - begun) * 1000)
    return statistics.median(spent)


def beside(name: str, sets: Sequence[BitMap], op: SetOp, connection: duckdb.DuckDBPyConnection) -> None:
    """The bitmaps' time, DuckDB's for the count and for the rows, and that both have the same people."""
    word = {SetOp.UNION: "UNION", SetOp.INTERSECT: "INTERSECT", SetOp.MINUS: "EXCEPT"}[op]
    sql = f" {word} ".join(f"SELECT cid FROM a{i}" for i in range(len(sets)))
    ours = median_ms(lambda: algebra.combined(op, sets))
    counted = median_ms(lambda: connection.execute(f"SELECT count(*) FROM ({sql})").fetchone())
    rows = median_ms(lambda: connection.execute(sql).to_arrow_table())
    found = np.sort(connection.execute(sql).to_arrow_table()["cid"].to_numpy())
    same = np.array_equal(found, np.array(algebra.combined(op, sets), dtype=found.dtype))
    print(
        f"{name:28} {ours:8.2f} ms   DuckDB count {counted:8.1f} ms, rows {rows:8.1f} ms"
        f"   ratio {ours / counted:.3f}   {len(found):,} people, {'same' if same else 'DIFFERENT'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=2_000_000)
    parser.add_argument("--members", type=int, default=1_000_000)
    asked = parser.parse_args()
    draw = np.random.default_rng(7)
    connection = duckdb.connect()
    sets = []
    for i in range(6):
        cids = np.sort(draw.choice(asked.customers, asked.members, replace=False)).astype(np.uint32)
        sets.append(BitMap(cids))
        connection.register("given", pa.table({"cid": cids}))
        connection.execute(f"CREATE TABLE a{i} AS SELECT cid::INTEGER AS cid FROM given")
    print(f"{asked.customers:,} customers, {asked.members:,} members each, medians of {_TIMES}")
    beside("intersect of three", sets[:3], SetOp.INTERSECT, connection)
    beside("minus of three", sets[:3], SetOp.MINUS, connection)
    beside("union of three", sets[:3], SetOp.UNION, connection)
    stored = sets[0].serialize()
    named = {f"a{i}": each for i, each in enumerate(sets)}
    print(
        f"{'read one from storage':28} {median_ms(lambda: BitMap.deserialize(stored)):8.2f} ms   {len(stored):,} bytes"
    )
    print(f"{'every region of three':28} {median_ms(lambda: algebra.regions(dict(list(named.items())[:3]))):8.2f} ms")
    print(f"{'every region of six':28} {median_ms(lambda: algebra.regions(named)):8.2f} ms")
    print(f"{'sample of 10,000':28} {median_ms(lambda: algebra.sample(sets[0], 10_000, 's')):8.2f} ms")
    print(f"{'split into four':28} {median_ms(lambda: algebra.split(sets[0], [1, 1, 1, 1], 's')):8.2f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")


if __name__ == "__main__":
    main()
