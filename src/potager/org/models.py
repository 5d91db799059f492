from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Department(models.Model):
    """A node of the organisation tree."""

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")


class Store(models.Model):
    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    city = models.CharField(max_length=50, default="")


class Staff(models.Model):
    """An employee. `key` is the stable user id of the platform (WeCom userid)."""

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="staff")
    store = models.ForeignKey(Store, null=True, on_delete=models.PROTECT, related_name="staff")
    active = models.BooleanField(default=True)


class Role(models.TextChoices):
    OWNER = "owner", "所有者"
    MANAGER = "manager", "经理"
    STAFF = "staff", "员工"
    READ_ONLY = "read_only", "只读"


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(login=username)


class Account(AbstractBaseUser):
    """A login. A staff account sees the customers of its staff member; the other roles see all."""

    login = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=16, choices=Role)
    staff = models.OneToOneField(Staff, null=True, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    failures = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "login"


class AuditRow(models.Model):
    """Who did what, when by the wall clock. Append-only, written in the transaction of the act."""

    at = models.DateTimeField(db_index=True)
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
