from django.db import models
from django.db.models import CompositePrimaryKey, Q


class House(models.Model):
    """The one company of this installation. A world stands still at `world_at`; a real house has none."""

    name = models.CharField(max_length=100)
    zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    world_at = models.DateTimeField(null=True)


class Setting(models.Model):
    """A house-wide choice an operator may change. Rooms read and write theirs by a dotted key."""

    key = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()


class JournalEntry(models.Model):
    """An accepted fact, in the order of acceptance. See core.journal."""

    seq = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)
    type = models.CharField(max_length=100)
    k1 = models.BigIntegerField()
    k2 = models.BigIntegerField()
    iid = models.BigIntegerField(null=True)
    cid = models.BigIntegerField(null=True)
    at_us = models.BigIntegerField()
    source = models.CharField(max_length=100)
    body = models.JSONField()


class JournalKey(models.Model):
    """The key ledger: facts seen lately, so that the same fact is accepted once."""

    pk = CompositePrimaryKey("k1", "k2")
    k1 = models.BigIntegerField()
    k2 = models.BigIntegerField()
    day = models.IntegerField(db_index=True)


class Watermark(models.Model):
    """How far a reader of a sequence kept elsewhere has come."""

    name = models.CharField(max_length=50, primary_key=True)
    seq = models.BigIntegerField(default=0)


class Job(models.Model):
    """Background work, written in the transaction that causes it. See core.jobs."""

    lane = models.CharField(max_length=20)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    due_us = models.BigIntegerField()
    lease_until_us = models.BigIntegerField(default=0)
    owner = models.CharField(max_length=80, default="")
    tries = models.IntegerField(default=0)
    failed = models.BooleanField(default=False)
    dedupe_key = models.CharField(max_length=200, null=True, unique=True)
    last_error = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["lane", "due_us", "id"], name="job_due", condition=Q(failed=False))]
