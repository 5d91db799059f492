import pytest

from potager.core import clock
from potager.evidence import arms
from potager.evidence.models import Experiment
from tests.evidence.people import SOP, WINDOW
from tests.hand_made import begin, local


@pytest.fixture
def experiment(warehouse) -> Experiment:
    begin(warehouse)
    with clock.frozen(local("2026-09-01")):
        return arms.define(f"journey:{SOP}", control_share=3_000, window_days=WINDOW)
