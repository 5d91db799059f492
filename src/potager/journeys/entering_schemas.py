"""What crosses HTTP about letting people in: by hand, in parts, by a program."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from potager.core.journal import from_us
from potager.journeys.entering import MOST_ROWS, Answer
from potager.journeys.models import Intake
from potager.journeys.parts import Json
from potager.people.identity_types import IdentityRef


class StartIn(BaseModel):
    condition: Json


class StartCount(BaseModel):
    people: int


class IntakeOut(BaseModel):
    """Many people on their way in. `total` is 0 while they are being chosen; `message` says why it failed."""

    id: int
    state: Literal["choosing", "running", "done", "cancelled", "failed"]
    event: str
    at: datetime
    by: str
    total: int
    looked: int
    entered: int
    message: str

    @classmethod
    def of(cls, row: Intake, language: str) -> "IntakeOut":
        return cls(
            id=row.pk,
            state=row.state,
            event=row.event,
            at=from_us(row.at_us),
            by=row.by,
            total=row.total,
            looked=row.looked,
            entered=row.entered,
            message=row.zh if language == "zh" else row.en,
        )


class EnteringIdentity(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: str
    value: str
    realm: str = ""

    def ref(self, realm: str) -> IdentityRef:
        """The identity, in this realm where it says none."""
        return IdentityRef(self.type, self.realm or realm, self.value)


class EnterRow(BaseModel):
    """Who enters: a customer number, or an identity whose realm is the write key's where none is given.

    entry_key   names the entry: sent again it enters nobody again
    properties  what messages may say: {event.<name>}
    """

    model_config = ConfigDict(extra="forbid")

    entry_key: str = Field(min_length=1, max_length=100)
    cid: int | None = None
    identity: EnteringIdentity | None = None
    properties: dict[str, Any] = {}


class EnterIn(BaseModel):
    people: list[EnterRow] = Field(min_length=1, max_length=MOST_ROWS)


class EnterAnswer(BaseModel):
    """What became of a row; code, message and place say why it was refused."""

    outcome: Literal["entered", "again", "refused"]
    code: str = ""
    message: str = ""
    place: str = ""

    @classmethod
    def of(cls, answer: Answer, language: str) -> "EnterAnswer":
        problem = answer.problem
        if problem is None:
            return cls(outcome=answer.outcome)
        return cls(outcome=answer.outcome, code=problem.code, message=problem.say(language), place=problem.place)


class EnterOut(BaseModel):
    """Counts, and one answer per row in order."""

    entered: int
    again: int
    refused: int
    people: list[EnterAnswer]

    @classmethod
    def of(cls, answers: list[Answer], language: str) -> "EnterOut":
        counts = [answer.outcome for answer in answers]
        return cls(
            entered=counts.count("entered"),
            again=counts.count("again"),
            refused=counts.count("refused"),
            people=[EnterAnswer.of(answer, language) for answer in answers],
        )
