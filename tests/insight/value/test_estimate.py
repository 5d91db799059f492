"""The search for the peak, and what it may cost who never asks for it."""

import subprocess
import sys

import numpy as np
import pytest

from potager.insight.value.estimate import CannotFit, maximise


def hill(centre: np.ndarray, height: float):
    """A log-likelihood per person with one peak, steeper in the second parameter."""
    steep = np.array([1.0, 9.0])

    def objective(logs):
        away = logs - centre
        return height - float(steep @ away**2) / 2, -steep * away

    return objective


def test_the_peak_its_curvature_and_its_height():
    found = maximise(hill(np.log([2.0, 30.0]), -3.0), [np.array([1.0, 1.0])], 400)
    assert found.values == pytest.approx([2.0, 30.0])
    assert found.covariance == pytest.approx(np.diag([1 / 400, 1 / 3600]), abs=1e-9)
    assert found.log_likelihood == pytest.approx(-1200.0)
    assert found.standard_errors == pytest.approx([2 / 20, 30 / 60])
    assert found.interval(0) == pytest.approx((2 * np.exp(-1.959964 / 20), 2 * np.exp(1.959964 / 20)))


def test_a_second_start_is_tried_where_the_first_leads_nowhere():
    peak = hill(np.array([3.0, 0.0]), 0.0)

    def objective(logs):
        # Left of 0 the ground only rises towards the edge.
        return (float(-logs[0]), np.array([-1.0, 0.0])) if logs[0] < 0 else peak(logs)

    found = maximise(objective, [np.array([0.01, 1.0]), np.array([2.0, 2.0])], 10)
    assert found.logs == pytest.approx([3.0, 0.0], abs=1e-8)


def test_a_ridge_is_no_peak():
    with pytest.raises(CannotFit) as caught:
        maximise(lambda logs: (-float((logs[0] - logs[1]) ** 2), np.array([-2.0, 2.0]) * (logs[0] - logs[1])),
                 [np.array([1.0, 3.0])], 10)  # fmt: skip
    assert caught.value.reason == "flat"


def test_scipy_is_not_imported_before_something_is_fitted():
    code = "import sys, potager.insight.value.clv; sys.exit('scipy' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, check=False).returncode
        == 0
    )
