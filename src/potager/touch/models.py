"""Touches and what hangs on them. Hot tables: instants are integer microseconds since 1970 UTC (`…_us`)."""

from django.db import models
from django.db.models import Q, UniqueConstraint

from potager.touch.life import State


class Lane(models.IntegerChoices):
    """Who goes out first."""

    WELCOME = 0, "欢迎语"
    TRANSACTIONAL = 1, "交易通知"
    SOP = 2, "SOP"
    CAMPAIGN = 3, "群发"


class Touch(models.Model):
    """触达: one intended message to one person through one channel from one sender.

    run_id, step, visit, part  which passage through which journey step asked for it: one message each, ever;
                               messages outside journeys have run 0 and a step of their own
    iid, cid       the customer's first identity, never rewritten, and the customer it belongs to now
    arm, shadow    the run's arm; a shadow touch lives the same life and is withheld instead of sent
    text           as the person would read it
    rule, detail   the policy rule that decided last, and its numbers; for failures the channel's reason
    due_us         business time: when it may go out, moved by deferral
    asked_us       business time: the due time the intent asked for
    expires_us     business time: the end of its send window
    judged_us      business time of the last verdict
    token          the idempotency token, given when the outbox first takes it; "" before
    lease_until_us wall time: until then a worker has it in hand, or a failed attempt rests
    claimed_us     wall time of the last attempt, for rate limits
    tries          how often it was taken in hand, since its trouble was another
    trouble        what went wrong with the last attempt that failed (claims.Trouble), "" when none did
    asked_back     the channel was asked to take it back because its window had closed
    priority       its journey's: of two messages that cannot both go, the higher goes
    retry_of       the failed touch this one was sent again for
    """

    run_id = models.BigIntegerField()
    step = models.CharField(max_length=100)
    visit = models.IntegerField(default=1)
    part = models.CharField(max_length=40, default="")
    journey = models.CharField(max_length=100, default="")
    iid = models.BigIntegerField(null=True)
    cid = models.IntegerField()
    person_key = models.CharField(max_length=32)
    channel = models.CharField(max_length=32)
    purpose = models.CharField(max_length=16)
    lane = models.SmallIntegerField(choices=Lane)
    sender = models.CharField(max_length=64, default="")
    arm = models.CharField(max_length=64, default="")
    shadow = models.BooleanField(default=False)
    text = models.TextField()
    missing = models.JSONField(default=list)
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=16)
    rule = models.CharField(max_length=40, default="")
    detail = models.JSONField(default=dict)
    created_us = models.BigIntegerField()
    asked_us = models.BigIntegerField()
    due_us = models.BigIntegerField()
    expires_us = models.BigIntegerField()
    judged_us = models.BigIntegerField(default=0)
    token = models.CharField(max_length=40, default="")
    lease_until_us = models.BigIntegerField(default=0)
    claimed_us = models.BigIntegerField(default=0)
    tries = models.IntegerField(default=0)
    trouble = models.CharField(max_length=16, default="")
    cancel_wanted = models.BooleanField(default=False)
    asked_back = models.BooleanField(default=False)
    cost_minor = models.BigIntegerField(default=0)
    priority = models.SmallIntegerField(default=50)
    retry_of = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["run_id", "step", "visit", "part"], name="touch_once"),
            UniqueConstraint(fields=["retry_of"], condition=Q(retry_of__isnull=False), name="touch_retry_once"),
            UniqueConstraint(fields=["token"], condition=~Q(token=""), name="touch_token_once"),
        ]
        indexes = [
            models.Index(
                fields=["channel", "lane", "due_us", "id"], name="touch_queue", condition=Q(state=State.QUEUED)
            ),
            models.Index(
                fields=["due_us", "id"], name="touch_pending", condition=Q(state__in=[State.INTENDED, State.DEFERRED])
            ),
            models.Index(
                fields=["expires_us"],
                name="touch_open",
                condition=Q(state__in=[State.INTENDED, State.DEFERRED, State.QUEUED, State.HANDED_OVER]),
            ),
            models.Index(fields=["channel"], name="touch_cancel", condition=Q(cancel_wanted=True)),
            models.Index(
                fields=["channel", "expires_us"],
                name="touch_overdue",
                condition=Q(state=State.HANDED_OVER, asked_back=False),
            ),
            models.Index(fields=["channel", "claimed_us"], name="touch_claimed", condition=Q(claimed_us__gt=0)),
            models.Index(fields=["asked_us"], name="touch_asked"),
            models.Index(
                fields=["due_us", "id"], name="touch_lost", condition=Q(state__in=[State.FAILED, State.UNKNOWN])
            ),
            models.Index(fields=["cid", "due_us"], name="touch_customer"),
            models.Index(fields=["iid"], name="touch_identity"),
            models.Index(fields=["journey", "due_us"], name="touch_journey"),
        ]


class TouchMark(models.Model):
    """A state a touch was in, or was heard to have been in: when, and why. Each once; the life shown to people."""

    # Found by `touch_mark_once`, and written with a touch just read or made.
    touch = models.ForeignKey(
        Touch, on_delete=models.CASCADE, related_name="marks", db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=16)
    at_us = models.BigIntegerField()
    reason = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [UniqueConstraint(fields=["touch", "state"], name="touch_mark_once")]


class CapReservation(models.Model):
    """The place a message takes under the rules that count, from the verdict `send` until it is given back.

    cost_minor  what the message costs, minor units of the house's currency
    given_back  the message will not arrive, but was paid for: no place any more, still a cost
    """

    touch = models.OneToOneField(
        Touch, primary_key=True, on_delete=models.CASCADE, related_name="reservation", db_constraint=False
    )
    person_key = models.CharField(max_length=32)
    channel = models.CharField(max_length=32)
    purpose = models.CharField(max_length=16)
    at_us = models.BigIntegerField()
    shadow = models.BooleanField(default=False)
    cost_minor = models.BigIntegerField(default=0)
    given_back = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["person_key", "at_us"], name="reservation_person"),
            models.Index(
                fields=["at_us", "cost_minor"],
                name="reservation_cost",
                condition=Q(cost_minor__gt=0, shadow=False),
            ),
            models.Index(fields=["at_us"], name="reservation_at"),
        ]


class PersonAct(models.Model):
    """When a person did something of their own accord: answered, followed a link, paid. For `touch.best_hour`.

    iid, cid  the identity it came by, never rewritten, and the customer it belongs to now
    """

    iid = models.BigIntegerField()
    cid = models.IntegerField()
    at_us = models.BigIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["iid", "at_us"], name="touch_act_once")]
        indexes = [
            models.Index(fields=["cid", "at_us"], name="touch_act_customer"),
            models.Index(fields=["at_us"], name="touch_act_at"),
        ]


class Pause(models.Model):
    """A channel or a journey whose messages are held: they queue, and expire with their windows.

    since_us  wall time
    """

    class Kind(models.TextChoices):
        CHANNEL = "channel", "渠道"
        JOURNEY = "journey", "旅程"

    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=100)
    since_us = models.BigIntegerField()
    by = models.CharField(max_length=64)

    class Meta:
        constraints = [UniqueConstraint(fields=["kind", "key"], name="touch_pause_once")]


class Breaker(models.Model):
    """熔断: whether an endpoint of a channel is called at all. See touch.breaker.

    recent      the last calls, oldest first: "." went well, "x" did not
    opened      how often it opened: what a call begun before the last time tells is no news
    trips       how often in a row, a failed probe included; 0 while closed
    open_until_us, probing_until_us  wall time; 0 when not open, or nobody probes
    """

    channel = models.CharField(max_length=32)
    endpoint = models.CharField(max_length=8)
    recent = models.CharField(max_length=200, default="")
    opened = models.IntegerField(default=0)
    trips = models.IntegerField(default=0)
    open_until_us = models.BigIntegerField(default=0)
    probing_until_us = models.BigIntegerField(default=0)
    error = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [UniqueConstraint(fields=["channel", "endpoint"], name="touch_breaker_once")]


class StaffTask(models.Model):
    """员工待办: something a staff member does by hand: hand a message over, or what a journey asks.

    token  the touch's idempotency token when it carries a message, else made of run, step and visit: created once
    text   the message to copy, "" for a plain task
    """

    class State(models.TextChoices):
        OPEN = "open", "待办"
        DONE = "done", "已完成"
        NOT_DONE = "not_done", "未完成"
        EXPIRED = "expired", "已过期"
        CANCELLED = "cancelled", "已取消"

    token = models.CharField(max_length=200, unique=True)
    staff = models.CharField(max_length=64)
    iid = models.BigIntegerField(null=True)
    cid = models.IntegerField(null=True)
    title = models.CharField(max_length=200)
    instructions = models.TextField(default="")
    text = models.TextField(default="")
    touch = models.OneToOneField(Touch, null=True, on_delete=models.CASCADE, related_name="task")
    journey = models.CharField(max_length=100, default="")
    run_id = models.BigIntegerField(default=0)
    step = models.CharField(max_length=100, default="")
    visit = models.IntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_us = models.BigIntegerField()
    due_us = models.BigIntegerField()
    expires_us = models.BigIntegerField()
    closed_us = models.BigIntegerField(null=True)
    closed_by = models.CharField(max_length=64, default="")
    note = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [
            models.Index(fields=["staff", "state", "due_us"], name="task_staff"),
            models.Index(fields=["state", "expires_us"], name="task_state"),
            models.Index(fields=["run_id"], name="task_run"),
            models.Index(fields=["cid"], name="task_customer"),
            models.Index(fields=["iid"], name="task_identity"),
        ]
