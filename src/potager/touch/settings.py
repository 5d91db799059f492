"""The contact policy an operator may set, and the switch that stops all sending."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from potager.core import choices
from potager.org import audit
from potager.org.access import Actor
from potager.touch.quiet import QuietHours

Purpose = Literal["marketing", "service", "transactional"]
POLICY_SETTING = "touch.policy"
LONGEST_WINDOW = timedelta(days=31)
STOP_SETTING = "touch.stopped"


class QuietSetting(BaseModel):
    """免打扰时段 on the customer's clock. Equal times mean none."""

    model_config = ConfigDict(extra="forbid")

    start: time = time(21, 30)
    end: time = time(8, 30)
    purposes: list[Purpose] = ["marketing"]


class Cap(BaseModel):
    """频控: at most `limit` messages to one person in any `hours` on end; no channel or purpose means all of them."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(ge=1, le=1_000)
    hours: int = Field(ge=1, le=24 * 31)
    channel: str | None = None
    purpose: Purpose | None = "marketing"

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.hours)

    def counts(self, channel: str, purpose: str) -> bool:
        return self.channel in {None, channel} and self.purpose in {None, purpose}


def _shipped_caps() -> list[Cap]:
    return [Cap(limit=1, hours=24), Cap(limit=4, hours=7 * 24)]


class Policy(BaseModel):
    """window_hours: how long after its due time a message may still go out, unless its intent says otherwise.

    zone_attr   the customer attribute that holds a time zone name (Asia/Shanghai), where it differs from the house's
    costs       what one message costs, by channel, in minor units of the house's currency
    """

    model_config = ConfigDict(extra="forbid")

    quiet: QuietSetting = Field(default_factory=QuietSetting)
    caps: list[Cap] = Field(default_factory=_shipped_caps)
    window_hours: int = Field(24, ge=1, le=24 * 31)
    zone_attr: str = "time_zone"
    costs: dict[str, int] = Field(default_factory=lambda: {"sim_sms": 5})

    def quiet_for(self, purpose: str) -> QuietHours | None:
        if purpose not in self.quiet.purposes or self.quiet.start == self.quiet.end:
            return None
        return QuietHours(self.quiet.start, self.quiet.end)


def policy() -> Policy:
    """The policy in force; what was never set is as shipped."""
    return Policy.model_validate(choices.get(POLICY_SETTING, {}))


def put_policy(actor: Actor, new: Policy) -> None:
    """Set the policy; waiting touches are judged by it when they come due."""
    before: Mapping[str, object] = policy().model_dump(mode="json")
    after = new.model_dump(mode="json")
    choices.put(POLICY_SETTING, after)
    changed = {key: {"from": before[key], "to": value} for key, value in after.items() if before[key] != value}
    audit.record(actor, "touch.policy", "setting:touch.policy", changed)


def is_stopped() -> bool:
    """Whether an operator has stopped all sending."""
    return bool(choices.get(STOP_SETTING, default=False))


def put_stopped(actor: Actor, *, stopped: bool) -> None:
    """Stop all sending, or let it go on. Nothing is lost: what is queued waits inside its send window."""
    choices.put(STOP_SETTING, stopped)
    audit.record(actor, "touch.stop" if stopped else "touch.resume", "setting:touch.stopped")
