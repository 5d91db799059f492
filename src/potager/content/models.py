from django.db import models

from potager.content.links.models import Link, PersonalLink, Visit
from potager.content.media.models import Material
from potager.content.surveys.models import Invitation, Response, Survey, SurveyVersion
from potager.org.models import Staff

# Django finds the tables of a room's parts here.
PARTS = (Link, PersonalLink, Visit, Material, Survey, SurveyVersion, Invitation, Response)


class Axis(models.TextChoices):
    """What a folder sorts scripts by."""

    STAGE = "stage", "客户阶段"
    PSYCHOLOGY = "psychology", "客户心理"
    PRODUCT = "product", "产品"


class Kind(models.TextChoices):
    """How a version speaks: 1.0 by stage, 2.0 by psychology to new and to old customers, 3.0 by profile."""

    STAGE = "stage", "1.0 分环节"
    PSYCHOLOGY = "psychology", "2.0 分心理"
    PROFILE = "profile", "3.0 按画像"


class State(models.TextChoices):
    """Where a version stands. A published one whose last day has passed reads as expired (versions.state_on)."""

    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "待审核"
    PUBLISHED = "published", "已发布"
    EXPIRED = "expired", "已失效"


class Level(models.TextChoices):
    """What a sensitive word does: blocking refuses publishing, warning is shown, allowed lifts a shipped word."""

    BLOCKING = "blocking", "禁止发布"
    WARNING = "warning", "提醒"
    ALLOWED = "allowed", "允许"


class Folder(models.Model):
    """A place on one axis, in the order of `position`. Scripts lie in at most one folder of each axis."""

    key = models.CharField(max_length=64, unique=True)
    axis = models.CharField(max_length=12, choices=Axis)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    position = models.IntegerField(default=0)


class Persona(models.Model):
    """人设: as whom the house speaks.

    voice   how it sounds, in a few sentences
    dos, donts  words it likes, and words that block a script speaking through it
    staff   who speaks as it
    """

    key = models.CharField(max_length=64, unique=True)
    name_zh = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, default="")
    voice = models.TextField(default="")
    dos = models.JSONField(default=list)
    donts = models.JSONField(default=list)
    staff = models.ManyToManyField(Staff, related_name="personas")


class Script(models.Model):
    """话术: what to say at one moment, in versions of up to three kinds."""

    key = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=100)
    stage = models.ForeignKey(Folder, null=True, on_delete=models.PROTECT, related_name="+")
    psychology = models.ForeignKey(Folder, null=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Folder, null=True, on_delete=models.PROTECT, related_name="+")
    persona = models.ForeignKey(Persona, null=True, on_delete=models.PROTECT, related_name="scripts")
    note = models.CharField(max_length=300, default="")
    changed_at = models.DateTimeField()


class ScriptVersion(models.Model):
    """One wording of a script. Once submitted its texts never change; a new wording is the next version.

    n        counts within the script and kind, from 1
    texts    {"text": …}; of kind psychology {"new": …, "old": …}
    expires_on  the last business day on which it may be used; None: until replaced
    ended_at when it was replaced or withdrawn
    remark   what the reviewer said when giving it back
    """

    script = models.ForeignKey(Script, on_delete=models.CASCADE, related_name="versions")
    kind = models.CharField(max_length=12, choices=Kind)
    n = models.IntegerField()
    texts = models.JSONField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    written_by = models.CharField(max_length=64)
    written_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=64, default="")
    reviewed_by = models.CharField(max_length=64, default="")
    published_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["script", "kind", "n"], name="script_version_once"),
            models.UniqueConstraint(
                fields=["script", "kind"],
                condition=models.Q(state__in=[State.DRAFT, State.IN_REVIEW]),
                name="script_one_open",
            ),
            models.UniqueConstraint(
                fields=["script", "kind"], condition=models.Q(state=State.PUBLISHED), name="script_one_published"
            ),
        ]


class Faq(models.Model):
    """A question customers ask, with the answers that may be given, the best first."""

    key = models.CharField(max_length=64, unique=True)
    question = models.CharField(max_length=300)
    answers = models.JSONField(default=list)
    keywords = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)


class HouseWord(models.Model):
    """A sensitive word of the house's own, or its own verdict on a shipped one."""

    word = models.CharField(max_length=40, unique=True)
    level = models.CharField(max_length=12, choices=Level)
    cure = models.CharField(max_length=200, default="")
