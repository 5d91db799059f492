from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    DRAFT = "draft", "草稿"
    LIVE = "live", "运行中"
    PAUSED = "paused", "已暂停"
    STOPPED = "stopped", "已停止"


class Journey(models.Model):
    """An SOP. `draft` is what is being edited; what runs is `live`, an immutable version. `paused_at` is
    business time, set while it is paused."""

    key = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, default="")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    draft = models.JSONField(null=True)
    paused_at = models.DateTimeField(null=True)
    live = models.ForeignKey("JourneyVersion", null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()


class JourneyVersion(models.Model):
    """A published definition. Never changed: the same content published again is the same version."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="versions")
    n = models.IntegerField()
    hash = models.CharField(max_length=64)
    definition = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "n"], name="version_number_once"),
            models.UniqueConstraint(fields=["journey", "hash"], name="version_content_once"),
        ]


class Run(models.Model):
    """One subject's passage, pinned to a version. Times are microseconds since 1970 UTC: this table is hot.

    entry_key   names the entry: '' (once), an event's property or key, a spell, a slot
    step        where the run is: resting in it (`waiting`) or about to take it
    rest_us     when it came to the step it is waiting in
    visit       how many steps were taken; with (run, step) it names one passage of a step
    due_us      when something happens next; null once the run is over
    asks        the next act asks the warehouse, and so waits until it has journal entry `cause_seq`
    arm         '' until the entry filter is passed
    shadow      holdout and control: same waits, effects recorded and not applied
    context     what the starting event said (order, product), outcomes of tasks
    lease_*     held by a worker between reading and writing, in wall time
    """

    # Found by `run_once`; the store need not look both up again for each of a million.
    journey = models.ForeignKey(
        Journey, on_delete=models.PROTECT, related_name="runs", db_index=False, db_constraint=False
    )
    version = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, related_name="runs", db_constraint=False)
    subject_kind = models.CharField(max_length=10, default="customer")
    subject_id = models.BigIntegerField()
    entry_key = models.CharField(max_length=120)
    person_key = models.CharField(max_length=64, default="")
    arm = models.CharField(max_length=40, default="")
    shadow = models.BooleanField(default=False)
    variants = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    step = models.CharField(max_length=40)
    waiting = models.BooleanField(default=False)
    rest_us = models.BigIntegerField(default=0)
    visit = models.IntegerField(default=0)
    due_us = models.BigIntegerField(null=True)
    asks = models.BooleanField(default=False)
    cause_seq = models.BigIntegerField(default=0)
    entered_us = models.BigIntegerField()
    ended_us = models.BigIntegerField(null=True)
    end_reason = models.CharField(max_length=80, default="")
    converted_us = models.BigIntegerField(null=True)
    lease_until_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "subject_kind", "subject_id", "entry_key"], name="run_once")
        ]
        indexes = [
            models.Index(fields=["due_us"], name="run_due", condition=Q(due_us__isnull=False)),
            models.Index(fields=["subject_id"], name="run_subject"),
            models.Index(fields=["person_key"], name="run_person"),
            models.Index(fields=["version", "step"], name="run_place", condition=Q(due_us__isnull=False)),
        ]


class RunStep(models.Model):
    """One passage of one step: what happened and why. Unique, so a step taken twice is refused by the store."""

    # Found by `run_step_once`, and written while the run is held.
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps", db_index=False, db_constraint=False)
    step = models.CharField(max_length=40)
    visit = models.IntegerField()
    at_us = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    outcome = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step", "visit"], name="run_step_once")]


class JourneySubject(models.Model):
    """When a subject last entered a journey that keeps a gap between entries. Locked while the gap is checked."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    subject_kind = models.CharField(max_length=10, default="customer")
    subject_id = models.BigIntegerField()
    last_entry_us = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "subject_kind", "subject_id"], name="journey_subject_once")
        ]


class Stuck(models.Model):
    """Why people of a version do not go on from a place. Gone as soon as somebody has.

    place     "steps.<id>", "filter", or "" where the whole version cannot be moved
    zh, en    what is wrong and how to cure it
    since_us  microseconds since 1970 UTC
    """

    version = models.ForeignKey(JourneyVersion, on_delete=models.CASCADE, related_name="stuck")
    place = models.CharField(max_length=60)
    code = models.CharField(max_length=60)
    zh = models.TextField()
    en = models.TextField()
    since_us = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "place"], name="stuck_place_once")]


class Intake(models.Model):
    """Many people on their way into a journey, entered part by part: how far it has come is seen, and it can be ended.

    event      what their passages say started them: manual, or the kind of a trigger
    condition  who, asked by the first job; null where they were known at once
    entry_key  names their entries; '' where a journey lets a person in once
    at_us      when they enter, by business time in microseconds since 1970 UTC; seq what the warehouse had then
    members    customer numbers as a roaring bitmap; empty once it is over
    after      the customer number up to which they were looked at
    looked, entered  of `total`
    """

    class State(models.TextChoices):
        CHOOSING = "choosing"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"
        FAILED = "failed"

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="intakes")
    state = models.CharField(max_length=10, choices=State)
    event = models.CharField(max_length=20)
    condition = models.JSONField(null=True)
    entry_key = models.CharField(max_length=120)
    at_us = models.BigIntegerField()
    seq = models.BigIntegerField(default=0)
    members = models.BinaryField(default=bytes)
    after = models.BigIntegerField(default=0)
    total = models.IntegerField(default=0)
    looked = models.IntegerField(default=0)
    entered = models.IntegerField(default=0)
    by = models.CharField(max_length=64)
    zh = models.TextField(default="")
    en = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["journey", "-id"], name="intake_newest")]


class Slot(models.Model):
    """A schedule's slot that has been filled, so that each happens once. `trigger` names the schedule."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="+")
    trigger = models.CharField(max_length=120, default="")
    at_us = models.BigIntegerField()
    entered = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "trigger", "at_us"], name="slot_once")]
