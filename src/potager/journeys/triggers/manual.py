from typing import ClassVar, Literal

from potager.journeys.parts import Part
from potager.journeys.triggers.trigger import Trigger


class ByHand(Part, Trigger):
    """Somebody chooses who enters, and when."""

    KIND: ClassVar[str] = "manual"

    manual: Literal[True]
