"""Writes lifetimes.json: what the established library finds in the same order files.

`lifetimes` 0.11.3 is no longer kept and needs pandas < 2.3 and numpy < 2, so it cannot be among the locked packages.
Run in an environment of its own, from the top of the checkout:

    python -m venv reference-env
    reference-env/bin/pip install lifetimes==0.11.3 "pandas<2.3" "numpy<2" "scipy<1.14"
    reference-env/bin/python tests/insight/value/reference/make.py
"""

import hashlib
import io
import json
import warnings
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import orders
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.utils import (
    ConvergenceError,
    calibration_and_holdout_data,
    expected_cumulative_transactions,
    summary_data_from_transaction_data,
)

HERE = Path(__file__).parent
# As tight as the library can end its search; it gives up where rounding stops it earlier.
TOLERANCES = (1e-9, 1e-8, 1e-7, 1e-6)
STARTS = (None, [0.0, 1.0, 4.0])
KEPT = 60
FILES = {
    "complete_journey": (orders.complete_journey, date(2018, 1, 1), date(2017, 10, 2)),
    "seldom": (lambda: orders.simulated("seldom"), date(2026, 6, 30), date(2026, 2, 17)),
    "often": (lambda: orders.simulated("often"), date(2026, 8, 31), date(2026, 6, 15)),
}


def fitted(make: type, *columns: Any) -> Any:
    for tolerance in TOLERANCES:
        for start in STARTS if make is GammaGammaFitter else STARTS[:1]:
            try:
                return make().fit(*columns, tol=tolerance, initial_params=start)
            except ConvergenceError:
                continue
    raise SystemExit(f"{make.__name__} does not converge")


def reference(found: list[orders.Order], end: date, cut: date) -> dict[str, Any]:
    text = orders.as_csv(found)
    file = pd.read_csv(io.StringIO(text), parse_dates=["day"])
    people = summary_data_from_transaction_data(
        file, "customer", "day", monetary_value_col="amount", observation_period_end=end.isoformat()
    )
    x, t_x, age = people["frequency"], people["recency"], people["T"]
    buying = fitted(BetaGeoFitter, x, t_x, age)
    spent = people[(x > 0) & (people["monetary_value"] > 0)]
    spending = fitted(GammaGammaFitter, spent["frequency"], spent["monetary_value"])
    alive = pd.Series(buying.conditional_probability_alive(x, t_x, age), index=people.index)
    coming = buying.predict(90, x, t_x, age)
    spend = spending.conditional_expected_average_profit(x, people["monetary_value"])
    clv = spending.customer_lifetime_value(
        buying, x, t_x, age, people["monetary_value"], time=12, discount_rate=0.01, freq="D"
    )
    split = calibration_and_holdout_data(
        file, "customer", "day", cut.isoformat(), observation_period_end=end.isoformat()
    )
    columns = [split[f"{name}_cal"] for name in ("frequency", "recency", "T")]
    before = fitted(BetaGeoFitter, *columns)
    split["expected"] = before.predict((end - cut).days, *columns)
    days = (end - file["day"].min().date()).days
    cumulative = expected_cumulative_transactions(buying, file, "day", "customer", days)
    return {
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "end": end.isoformat(),
        "cut": cut.isoformat(),
        "people": len(people),
        "buying": _model(buying),
        "spending": _model(spending),
        "sums": {"orders": coming.sum(), "profit": (coming * spend).sum(), "clv": clv.sum(), "alive": alive.sum()},
        "customers": {
            str(customer): [
                int(x[customer]), int(t_x[customer]), int(age[customer]), people["monetary_value"][customer],
                alive[customer], coming[customer], coming[customer] * spend[customer], clv[customer],
            ]
            for customer in people.index[:KEPT]
        },
        "holdout": {
            "buying": _model(before),
            "people": len(split),
            "expected": split["expected"].sum(),
            "actual": int(split["frequency_holdout"].sum()),
            "buckets": [
                [*bucket, len(rows), rows["expected"].mean(), rows["frequency_holdout"].mean()]
                for bucket, rows in split.groupby(split["frequency_cal"].map(_buckets(split["frequency_cal"])))
            ],
        },
        "cumulative": [[int(day) + 1, row.actual, row.predicted] for day, row in cumulative.iloc[27::28].iterrows()],
    }  # fmt: skip


def _buckets(frequency: Any) -> dict[float, tuple[int, int]]:
    """Frequency → (least, most) of its bucket: neighbours together until they hold a tenth of the customers."""
    groups: list[list[int]] = [[]]
    held = 0
    for value, n in frequency.value_counts().sort_index().items():
        groups[-1].append(int(value))
        held += n
        if held * 10 >= len(frequency):
            groups.append([])
            held = 0
    rest = groups.pop()
    groups[-1] += rest
    edges = [0, *(group[-1] + 1 for group in groups)]
    spans = [(edges[at], edges[at + 1] - 1) for at in range(len(groups))]
    return {float(value): span for span, group in zip(spans, groups, strict=True) for value in group}


def _model(fitter: Any) -> dict[str, Any]:
    return {
        "params": dict(fitter.params_),
        "standard_errors": dict(fitter.standard_errors_),
    }


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    written = {
        "made_by": {name: version(name) for name in ("lifetimes", "pandas", "numpy", "scipy", "autograd")},
        "files": {name: reference(make(), end, cut) for name, (make, end, cut) in FILES.items()},
    }
    (HERE / "lifetimes.json").write_text(json.dumps(written, indent=1, default=_plain) + "\n")
