"""Links, the personal address of each for one person, and every time it was opened. `…_us`: microseconds since 1970."""

from django.db import models
from django.db.models import Q, UniqueConstraint


class Kind(models.TextChoices):
    """What an opened link shows: a page elsewhere, or a text this house shows itself and sees being read."""

    URL = "url", "网址"
    PAGE = "page", "本站文章"


class Link(models.Model):
    """内容雷达: something sent to many people, each through an address of their own.

    target    where a link of kind url leads: http or https
    body      what a page says, paragraphs apart by an empty line
    tags      given to who opens it: [{"tag": …, "value": … or null}]
    task      what the staff member is asked to do when somebody opens it for the first time; "" nothing
    from_day, until_day  the business days on which it opens, both included; None without end
    retired_at  since when it opens for nobody and stands in no message
    """

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    title = models.CharField(max_length=100)
    target = models.CharField(max_length=2000, default="")
    body = models.TextField(default="")
    tags = models.JSONField(default=list)
    task = models.CharField(max_length=200, default="")
    from_day = models.DateField(null=True)
    until_day = models.DateField(null=True)
    retired_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)


class PersonalLink(models.Model):
    """A link as one person got it in one message: unguessable, so that an opening tells who.

    touch       the message; 0: a staff member sent it by hand
    iid, cid    the identity it was made for, never rewritten, and the customer it belongs to now
    sender      staff key
    sent_us     business time it went out; 0 not yet
    opens       how often it was opened by the person; bots: how often by machines
    first_us, last_us  business time of the first and last opening; 0 never
    seconds     how long its page was read, all openings together
    """

    token = models.CharField(max_length=24, unique=True)
    link = models.ForeignKey(Link, on_delete=models.PROTECT, related_name="personal")
    touch = models.BigIntegerField(default=0)
    iid = models.BigIntegerField()
    cid = models.IntegerField()
    channel = models.CharField(max_length=32, default="")
    journey = models.CharField(max_length=100, default="")
    sender = models.CharField(max_length=64, default="")
    created_us = models.BigIntegerField()
    sent_us = models.BigIntegerField(default=0)
    opens = models.IntegerField(default=0)
    bots = models.IntegerField(default=0)
    first_us = models.BigIntegerField(default=0)
    last_us = models.BigIntegerField(default=0)
    seconds = models.IntegerField(default=0)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["link", "touch", "iid", "sender"], name="personal_link_once"),
        ]
        indexes = [
            models.Index(fields=["touch"], name="personal_link_touch", condition=Q(touch__gt=0)),
            models.Index(fields=["cid"], name="personal_link_customer"),
            models.Index(fields=["iid"], name="personal_link_identity"),
            models.Index(fields=["link", "last_us"], name="personal_link_opened", condition=Q(opens__gt=0)),
        ]


class Visit(models.Model):
    """One opening. Its page tells how long it was read.

    opened_us  business time
    wall_us    wall time: what bounds how long it can have been read, and what tells a reload from a new opening
    """

    personal = models.ForeignKey(PersonalLink, on_delete=models.CASCADE, related_name="visits")
    opened_us = models.BigIntegerField()
    wall_us = models.BigIntegerField()
    seconds = models.IntegerField(default=0)

    class Meta:
        db_table = "content_link_visit"
        indexes = [models.Index(fields=["personal", "wall_us"], name="link_visit_latest")]
