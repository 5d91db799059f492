from django.db import models


class Goal(models.Model):
    """A GMV to reach in a period of business days, both ends included.

    owner    key of the staff member who answers for it
    levels   planned level of each factor of the tree (tree.NODES), as given or as split from the target at creation;
             counts are whole numbers, rates decimals
    """

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    start = models.DateField()
    end = models.DateField()
    target_minor = models.BigIntegerField()
    owner = models.CharField(max_length=64)
    levels = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    archived = models.BooleanField(default=False)


class GoalTask(models.Model):
    """Something somebody does by a day, for one factor of the tree."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="tasks")
    node = models.CharField(max_length=32)
    title = models.CharField(max_length=200)
    owner = models.CharField(max_length=64)
    due = models.DateField()
    done_at = models.DateTimeField(null=True)
