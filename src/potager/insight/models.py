from django.db import models

from potager.people.models import Customer, Identity


class TagGroup(models.Model):
    """标签组: tags that belong together, in the order of `position`. Tags name it by key; empty is none.

    exclusive  a customer has one tag of the group at most; all of them are given by hand
    """

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    colour = models.CharField(max_length=16, default="")
    position = models.IntegerField(default=0)
    exclusive = models.BooleanField(default=False)
    note = models.CharField(max_length=300, default="")


class TagDefinition(models.Model):
    """What a tag is called and where its value comes from (insight.fields.TagKind).

    rule       manual: null; rule: a condition; metric: a measure; cases: {"cases": [{"value", "when"}], "else"}
    value_kind empty when one simply has the tag or has not
    labels     what its values are called: {"hot": {"zh": "高活跃", "en": "Active"}}
    expires_after_days  given by hand it stays so many business days after the day it was given; None: for good
    """

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    group = models.CharField(max_length=64, default="")
    colour = models.CharField(max_length=16, default="")
    source = models.CharField(max_length=8)
    value_kind = models.CharField(max_length=8, default="")
    options = models.JSONField(default=list)
    labels = models.JSONField(default=dict)
    rule = models.JSONField(null=True)
    expires_after_days = models.IntegerField(null=True)
    note = models.CharField(max_length=300, default="")


class ManualTag(models.Model):
    """A tag given by hand, with the identity it was given to, so that a merge or a split takes it along.

    until   the midnight at which it is taken away; None: never
    origin  insight.fields.TagOrigin
    """

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="manual_tags")
    tag = models.CharField(max_length=64)
    value = models.CharField(max_length=200, null=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, default="hand")
    batch = models.ForeignKey("TagBatch", on_delete=models.PROTECT, null=True, related_name="given")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["identity", "tag"], name="manual_tag_once")]
        indexes = [
            models.Index(fields=["customer"], name="manual_tag_customer"),
            models.Index(fields=["until"], name="manual_tag_until", condition=models.Q(until__isnull=False)),
        ]


class TagBatch(models.Model):
    """批量打标: a tag given to, or taken from, a crowd at once, so that it can be undone.

    of       where the crowd came from, as a person reads it
    changed  customers who got it (removing: who lost it); replaced: of those, who lost another value or tag by it
    """

    tag = models.CharField(max_length=64)
    value = models.CharField(max_length=200, null=True)
    removing = models.BooleanField()
    of = models.CharField(max_length=300)
    by = models.CharField(max_length=64)
    at = models.DateTimeField()
    changed = models.IntegerField(default=0)
    replaced = models.IntegerField(default=0)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=64, default="")


class TagBefore(models.Model):
    """A tag somebody had before a batch took it away or gave another in its place.

    earlier  the batch that had given it, so that it can be undone, too
    """

    batch = models.ForeignKey(TagBatch, on_delete=models.CASCADE, related_name="before")
    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="+")
    tag = models.CharField(max_length=64)
    value = models.CharField(max_length=200, null=True)
    until = models.DateTimeField(null=True)
    by = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, default="hand")
    earlier = models.ForeignKey(TagBatch, on_delete=models.CASCADE, null=True, related_name="+")


class LayerModel(models.Model):
    """A model that puts every customer in exactly one layer.

    kind      rfm: eight cells over buyers and a ninth for the rest; ordered: the first condition that holds
    settings  rfm: RfmSettings; ordered: {"layers": [{"key", "zh", "en", "when"}], "else": {"key", "zh", "en"}}
    cards     how each layer is treated, by its key: specs.Card
    """

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    kind = models.CharField(max_length=8)
    settings = models.JSONField(default=dict)
    cards = models.JSONField(default=dict)


class Audience(models.Model):
    """人群: live follows its condition at every refresh; scheduled asks it at the times of its schedule; frozen is the
    list `members` taken at `frozen_at`.

    members   a roaring bitmap of cids as they were then; merged customers are resolved when it is used
    schedule  insight.schedules.Schedule; `due_at` is when it is computed next, `ran_at` as of when it last was
    runs      how many lists a scheduled audience has had; one that was live begins with that one
    """

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    condition = models.JSONField()
    created_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True)
    members = models.BinaryField(null=True)
    note = models.CharField(max_length=300, default="")
    schedule = models.JSONField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    ran_at = models.DateTimeField(null=True)
    runs = models.IntegerField(default=0)

    @property
    def kind(self) -> str:
        """live, scheduled or frozen."""
        return "frozen" if self.frozen_at is not None else "live" if self.schedule is None else "scheduled"


class UploadedList(models.Model):
    """名单: people somebody named by uploading a file; who is on it is told by its newest upload."""

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    note = models.CharField(max_length=300, default="")
    created_at = models.DateTimeField()


class ListUpload(models.Model):
    """One file of a list. It holds from `at` until the next one; kept, since conditions may be asked as of then.

    kind     what the column named people by: cid, or a type of identity
    members  a roaring bitmap of cids as they were then; merged customers are resolved when it is used
    missing  how many lines named nobody; `misses` are the first of them: [line, code, masked value]
    doubled  how many lines named somebody an earlier line had named
    """

    of_list = models.ForeignKey(UploadedList, on_delete=models.CASCADE, related_name="uploads")
    at = models.DateTimeField()
    by = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=32)
    members = models.BinaryField()
    n = models.IntegerField()
    missing = models.IntegerField()
    doubled = models.IntegerField()
    misses = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["of_list", "at"], name="list_upload_at")]


class Chart(models.Model):
    """报表: a question somebody keeps, as insight.metrics.schemas.ChartSpec says it."""

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    kind = models.CharField(max_length=16)
    shape = models.CharField(max_length=8)
    question = models.JSONField()
    note = models.CharField(max_length=300, default="")


class Dashboard(models.Model):
    """看板: charts by key, in order."""

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    charts = models.JSONField(default=list)
    note = models.CharField(max_length=300, default="")
