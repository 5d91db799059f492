from typing import ClassVar, Literal

from potager.journeys.parts import Part
from potager.journeys.triggers.trigger import Trigger


class ByProgram(Part, Trigger):
    """A program outside says who enters, over HTTP."""

    KIND: ClassVar[str] = "api"

    api: Literal[True]
