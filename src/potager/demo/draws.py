"""Experiments drawn again and again over the same people, whose outcomes in both arms the twin knows.

What an estimator says of its own certainty is checked against many draws: the arms change, the truth does not.
"""

from dataclasses import dataclass

import numpy as np

from potager.demo import truth
from potager.demo.parameters import Bools, Floats
from potager.demo.response import flipped
from potager.demo.truth import Entrants, Outcomes
from potager.demo.twin import Twin

FIGURES = ("bought", "gmv", "profit")


@dataclass(frozen=True, slots=True)
class Potential:
    """Per figure and person: the outcome with the journey and without it."""

    treated: dict[str, Floats]
    control: dict[str, Floats]

    @property
    def people(self) -> int:
        return len(self.treated["bought"])

    def effect(self, figure: str) -> float:
        """The true effect per person."""
        return float((self.treated[figure] - self.control[figure]).mean())

    def observed(self, figure: str, arm: Bools) -> tuple[Floats, Floats]:
        """What is seen of the figure when those in `arm` are treated: treated and control people."""
        return self.treated[figure][arm], self.control[figure][~arm]


def potential(twin: Twin, journey: str, entrants: Entrants) -> Potential:
    """Both outcomes of everybody who entered a journey."""
    real, other = truth.outcomes(twin, entrants), truth.outcomes(twin, entrants, flipped(journey))

    def pick(figure: str, mine: Outcomes, theirs: Outcomes) -> Floats:
        values: Floats = np.where(entrants.treated, getattr(mine, figure), getattr(theirs, figure)).astype(np.float64)
        return values

    return Potential(
        treated={figure: pick(figure, real, other) for figure in FIGURES},
        control={figure: pick(figure, other, real) for figure in FIGURES},
    )


def arms(rng: np.random.Generator, people: int, control_share: float) -> Bools:
    """Who is treated, drawn person by person as the product draws."""
    drawn: Bools = rng.random(people) >= control_share
    return drawn
