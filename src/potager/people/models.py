"""Identities and what hangs on them.

Everything known of a person is stored with the identity it came by (`identity`), and `customer` beside it is only
that identity's present customer. So merging and splitting are one rewrite of `customer`, in both directions.
"""

from django.db import models
from django.db.models import CompositePrimaryKey, Q, UniqueConstraint

from potager.org.models import Staff


class State(models.TextChoices):
    LIVE = "live", "有效"
    MERGED = "merged", "已合并"
    DELETED = "deleted", "已删除"


class Customer(models.Model):
    """A person. The id (cid) has 32 bits and is never reused; all but id, created_at and person_key is derived
    from the identities that make the customer up (people.profile).

    person_key  fixed for ever, from the creating identity: experiment arms are drawn by it
    merged_into where this customer's identities went, when none are left here
    revision    counts changes; a journal entry carries each
    """

    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()
    first_seen_at = models.DateTimeField()
    source = models.CharField(max_length=64, default="")
    owner = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="owned")
    attrs = models.JSONField(default=dict)
    person_key = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=State, default=State.LIVE)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["state", "id"], name="customer_state"),
            models.Index(fields=["name"], name="customer_name"),
            models.Index(fields=["person_key"], name="customer_person"),
        ]


class Attribute(models.Model):
    """A typed custom attribute. A personal one is sealed and never leaves the operations store."""

    class Kind(models.TextChoices):
        TEXT = "text", "文本"
        NUMBER = "number", "数字"
        MONEY = "money", "金额"
        DATE = "date", "日期"
        BOOL = "bool", "是否"
        CHOICE = "choice", "单选"

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    kind = models.CharField(max_length=8, choices=Kind)
    options = models.JSONField(default=list)
    personal = models.BooleanField(default=False)


class Source(models.Model):
    """Where customers come from 渠道来源."""

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")


class Identity(models.Model):
    """One handle a person is known by; its id is the iid every fact keeps.

    value     normalised; for sealed types the hexadecimal lookup, with the value itself in `sealed` (base64)
    home_cid  the customer this identity goes back to when nothing holds it elsewhere
    moves     how often it changed customers
    crowded   linked with too many others to be anybody's own (people.partition); kept so that it need not be counted
    first_us  the earliest instant it was heard of, microseconds since 1970; `source` is the source heard then
    """

    type = models.CharField(max_length=32)
    realm = models.CharField(max_length=64)
    value = models.CharField(max_length=200)
    sealed = models.TextField(default="")
    hint = models.CharField(max_length=64, default="")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identities")
    home_cid = models.IntegerField(db_index=True)
    first_us = models.BigIntegerField()
    source = models.CharField(max_length=64, default="")
    moves = models.IntegerField(default=0)
    crowded = models.BooleanField(default=False)

    class Meta:
        constraints = [UniqueConstraint(fields=["type", "realm", "value"], name="identity_once")]


class Link(models.Model):
    """Two identities (a < b) were claimed to be one person, first at `at_us`. Deleted only when a person is erased."""

    pk = CompositePrimaryKey("a", "b")
    a = models.BigIntegerField()
    b = models.BigIntegerField(db_index=True)
    at_us = models.BigIntegerField()


class Severance(models.Model):
    """A person said that this pair's link is wrong: it joins nothing, however often it is claimed again."""

    pk = CompositePrimaryKey("a", "b")
    a = models.BigIntegerField()
    b = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)


class Merge(models.Model):
    """A person said that two identities are one customer; `undone_at` takes it back for ever."""

    a = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    b = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    undone_at = models.DateTimeField(null=True)


class Statement(models.Model):
    """What was stated of a person by way of one identity: {key: [value, at_us]}; a null value takes back.

    values   declared attributes, and the reserved keys `name` and `owner`
    extras   traits nobody declared, kept as they came
    """

    identity = models.OneToOneField(Identity, primary_key=True, on_delete=models.PROTECT, related_name="statement")
    values = models.JSONField(default=dict)
    extras = models.JSONField(default=dict)


class FollowRelation(models.Model):
    """客户关系: a staff member and a customer are connected, from `since` to `until`."""

    class State(models.TextChoices):
        ACTIVE = "active", "好友"
        LOST = "lost", "已流失"

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="relations")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="relations")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    source = models.CharField(max_length=64, default="")
    remark = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["identity", "staff"], condition=Q(state="active"), name="relation_active_once"),
            UniqueConstraint(fields=["identity", "staff", "since"], name="relation_once"),
        ]
        indexes = [models.Index(fields=["staff", "state"], name="relation_staff")]


class Household(models.Model):
    """客户主体: people who decide, buy and use together."""

    key = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200, default="")


class HouseholdMember(models.Model):
    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="members")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, default="member")

    class Meta:
        constraints = [UniqueConstraint(fields=["household", "identity"], name="household_member_once")]


class Consent(models.Model):
    """Whether a person may be reached through a channel for a purpose; the newest statement counts.

    channel and purpose may be "*": all of them.
    """

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents")
    channel = models.CharField(max_length=32)
    purpose = models.CharField(max_length=32)
    allowed = models.BooleanField()
    at = models.DateTimeField()
    source = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [UniqueConstraint(fields=["identity", "channel", "purpose", "at"], name="consent_once")]


class ReviewItem(models.Model):
    """A phone or e-mail shared by customers whose strong identities contradict each other: a person decides.

    customers  the sorted cids it stands between
    """

    class State(models.TextChoices):
        OPEN = "open", "待处理"
        MERGED = "merged", "已合并"
        APART = "apart", "确认不同人"
        SETTLED = "settled", "冲突已消失"

    identity = models.OneToOneField(Identity, on_delete=models.PROTECT, related_name="review")
    customers = models.JSONField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, db_index=True)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, default="")
