from django.db import models


class EventDefinition(models.Model):
    """An event key this house knows besides the system's own. Unplanned ones were met before anyone declared them."""

    key = models.CharField(max_length=100, unique=True)
    name_zh = models.CharField(max_length=100, default="")
    name_en = models.CharField(max_length=100, default="")
    planned = models.BooleanField(default=True)


class PropertyKind(models.TextChoices):
    TEXT = "text", "文本"
    INTEGER = "integer", "整数"
    NUMBER = "number", "小数"
    MONEY = "money", "金额（最小货币单位）"
    BOOL = "bool", "是否"
    TIME = "time", "时间"
    DATE = "date", "日期"


class PropertyDefinition(models.Model):
    """A typed property of an event. A property key has one kind in the whole house: it is one warehouse column.

    A personal one is sealed before the journal, so its column stays empty.
    """

    event = models.CharField(max_length=100)
    key = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=100, default="")
    name_en = models.CharField(max_length=100, default="")
    kind = models.CharField(max_length=10, choices=PropertyKind)
    personal = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "key"], name="property_once")]


class ImportRun(models.Model):
    """One import of one file, from upload to result. `content` is the SHA-256 of the file's bytes.

    progress  data rows done so far; for customers also where a run that was cut short goes on
    loaded, duplicate, rejected   add up to `read` when the run is finished
    brought   what else came of the rows, e.g. orders derived from lines
    """

    class State(models.TextChoices):
        STAGED = "staged", "已上传"
        RUNNING = "running", "导入中"
        FINISHED = "finished", "已完成"
        FAILED = "failed", "失败"

    file_name = models.CharField(max_length=200)
    content = models.CharField(max_length=64)
    kind = models.CharField(max_length=20, default="")
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.STAGED)
    progress = models.BigIntegerField(default=0)
    read = models.BigIntegerField(default=0)
    loaded = models.BigIntegerField(default=0)
    duplicate = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    brought = models.JSONField(default=dict)
    error_zh = models.TextField(default="")
    error_en = models.TextField(default="")
    created_by = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class WriteKey(models.Model):
    """Lets a program send facts over HTTP. Only a hash of the secret is kept; `hint` tells keys apart.

    key     stable slug, part of the source of every fact it sends ("wk:shop")
    realm   where its user ids, anonymous ids and order numbers are unique: the shop or app
    """

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    realm = models.CharField(max_length=64)
    secret_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    revoked_at = models.DateTimeField(null=True)
