"""Surveys, their published versions, the personal address of each for one person, and what was answered.

`…_us`: microseconds since 1970, business time.
"""

from django.db import models
from django.db.models import Q, UniqueConstraint


class Survey(models.Model):
    """问卷: what is being edited, and what customers are asked now.

    draft       a definition not published yet; None: nothing differs from the newest version
    version     what is asked now; None: never published
    token       of the address anybody may answer at, where the definition lets them
    opens, bots  openings of that address by browsers, and by machines
    closed_at   since when nobody answers any more
    """

    key = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=100)
    draft = models.JSONField(null=True)
    version = models.ForeignKey("SurveyVersion", null=True, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=24, unique=True)
    opens = models.IntegerField(default=0)
    bots = models.IntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)


class SurveyVersion(models.Model):
    """A published definition; it never changes. n counts within the survey, from 1."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="versions")
    n = models.IntegerField()
    definition = models.JSONField()
    hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta:
        constraints = [UniqueConstraint(fields=["survey", "n"], name="survey_version_once")]


class Invitation(models.Model):
    """A survey as one person got it in one message: unguessable, so that an answer tells whose it is.

    touch       the message; 0: a staff member sent it by hand
    iid, cid    the identity it was made for, never rewritten, and the customer it belongs to now
    opened_us   when the person opened it first; 0 not yet. bots: openings by machines
    """

    token = models.CharField(max_length=24, unique=True)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    touch = models.BigIntegerField(default=0)
    iid = models.BigIntegerField()
    cid = models.IntegerField()
    channel = models.CharField(max_length=32, default="")
    journey = models.CharField(max_length=100, default="")
    sender = models.CharField(max_length=64, default="")
    created_us = models.BigIntegerField()
    sent_us = models.BigIntegerField(default=0)
    opened_us = models.BigIntegerField(default=0)
    bots = models.IntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["survey", "touch", "iid", "sender"], name="survey_invitation_once")]
        indexes = [
            models.Index(fields=["touch"], name="survey_invitation_touch", condition=Q(touch__gt=0)),
            models.Index(fields=["cid"], name="survey_invitation_customer"),
            models.Index(fields=["iid"], name="survey_invitation_identity"),
        ]


class Response(models.Model):
    """What was answered in one submission.

    slip      what makes it one: the token of its invitation, or the number of the form somebody unnamed filled in
    answers   {question: coded answer}; a personal one is {"sealed", "lookup", "hint"}
    iid, cid  whose it is; None: nobody's name is on it
    """

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="responses")
    version = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="responses")
    slip = models.CharField(max_length=32)
    iid = models.BigIntegerField(null=True)
    cid = models.IntegerField(null=True)
    answers = models.JSONField()
    at_us = models.BigIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["survey", "slip"], name="survey_response_once")]
        indexes = [
            models.Index(fields=["cid"], name="survey_response_customer"),
            models.Index(fields=["iid"], name="survey_response_identity"),
            models.Index(fields=["survey", "at_us"], name="survey_response_time"),
        ]
