from django.db import models


class Experiment(models.Model):
    """Something that treats some people and leaves others alone, so that its effect can be known.

    key          "journey:<key>" (control against treated), "journey:<key>/<step>" (variants of one split),
                 "holdout:<rotation>" (the global holdout)
    window_days  the outcome of a person is summed over [first entry, + window_days)
    """

    key = models.CharField(max_length=160, unique=True)
    window_days = models.IntegerField(default=14)
    created_at = models.DateTimeField()


class Allocation(models.Model):
    """How an experiment draws, from `since` until the next allocation. Assignments made under it stay for ever.

    control_share  of 10,000
    variants       [{"key": "a", "share": 5000}, …] of 10,000, for the people who are not control
    """

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="allocations")
    n = models.IntegerField()
    salt = models.CharField(max_length=200)
    control_share = models.IntegerField()
    variants = models.JSONField(default=list)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "n"], name="allocation_once")]


class Assignment(models.Model):
    """A person's arm in an experiment, drawn once at the first entry and never changed.

    person_key    derived from the creating identity, so it survives merges of customer numbers
    arm           "holdout", "control", "treated" or a variant's key
    n             the allocation it was drawn under
    mixed         two customers with different arms turned out to be one person
    superseded    the younger of two assignments of one person; analysis reads only the others
    """

    # Found by `assignment_once`.
    experiment = models.ForeignKey(
        Experiment, on_delete=models.PROTECT, related_name="assignments", db_index=False, db_constraint=False
    )
    person_key = models.CharField(max_length=64)
    cid = models.BigIntegerField()
    arm = models.CharField(max_length=40)
    n = models.IntegerField()
    first_entry_at = models.DateTimeField()
    mixed = models.BooleanField(default=False)
    superseded = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "person_key"], name="assignment_once")]
        indexes = [
            models.Index(fields=["experiment", "first_entry_at"], name="assignment_entry"),
            models.Index(fields=["cid"], name="assignment_cid"),
        ]
