"""The contact policy an operator may set, and the switch that stops all sending."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from pydantic import ConfigDict, Field, create_model

from potager.core import choices
from potager.org import audit
from potager.org.access import Actor
from potager.touch import hurry
from potager.touch.best_hour import FALLBACK
from potager.touch.breaker import BreakerSetting
from potager.touch.places import LONGEST
from potager.touch.rules import RULES
from potager.touch.words import ANY, OPT_OUT_WORDS, Word

POLICY_SETTING = "touch.policy"
STOP_SETTING = "touch.stopped"
_HOUR = timedelta(hours=1)

# A field for every rule that has a setting: what mypy cannot know, it takes as Any.
_FIELDS: dict[str, Any] = {rule.SETTING.key: (rule.SETTING.kind, rule.SETTING.field) for rule in RULES if rule.SETTING}
_OfRules: Any = create_model("_OfRules", **_FIELDS)


class Policy(_OfRules):
    """What the rules of the contact policy may be told, each under its own key, and what all messages share.

    window_hours: how long after its due time a message may still go out, unless its intent says otherwise.

    zone_attr   the customer attribute that holds a time zone name (Asia/Shanghai), where it differs from the house's
    costs       what one message costs, by channel, in minor units of the house's currency
    best_hour   the hour (0 to 23, on the customer's clock) for messages at the best hour of people little is known of
    breaker     when an endpoint of a channel that fails is left alone
    opt_out_words  the answers that mean no more marketing, by channel; "*" for channels without words of their own
    """

    model_config = ConfigDict(extra="forbid")

    window_hours: int = Field(24, ge=1, le=LONGEST // _HOUR)
    zone_attr: str = "time_zone"
    costs: dict[str, int] = Field(default_factory=lambda: {"sim_sms": 5})
    best_hour: int = Field(FALLBACK, ge=0, le=23)
    breaker: BreakerSetting = Field(default_factory=BreakerSetting)
    opt_out_words: dict[str, list[Word]] = Field(default_factory=lambda: {ANY: list(OPT_OUT_WORDS)})


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
    if not stopped:
        hurry.outbox()
    audit.record(actor, "touch.stop" if stopped else "touch.resume", "setting:touch.stopped")
