"""Accounts: creating them, signing in with lockout, changing role and password."""

from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password

from potager.core import clock
from potager.core.errors import Conflict, NotFound, Problem
from potager.org import audit
from potager.org.access import Actor
from potager.org.models import Account, Role, Staff

MAX_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
MIN_PASSWORD = 10


def create(actor: Actor, *, login: str, password: str, role: Role, staff_key: str | None = None) -> Account:
    """A new account. A `staff` account must name the staff member whose customers it sees."""
    if Account.objects.filter(login=login).exists():
        raise Conflict(
            "account.login_taken",
            zh=f"登录名「{login}」已有人使用，请换一个",
            en=f"The login “{login}” is taken; choose another",
            place="login",
        )
    staff = _staff_for(role, staff_key)
    _check_strength(password)
    account = Account.objects.create(login=login, password=make_password(password), role=role, staff=staff)
    audit.record(actor, "account.create", f"account:{login}", {"role": role})
    return account


def change(
    actor: Actor, login: str, *, role: Role | None = None, password: str | None = None, is_active: bool | None = None
) -> Account:
    """Change role, password or whether the account may sign in; the last active owner stays one."""
    account = Account.objects.select_related("staff").filter(login=login).first()
    if account is None:
        raise NotFound("账号", "account", login)
    if role is not None:
        account.role = role
    if is_active is not None:
        if is_active and account.staff is not None:
            _check_works_here(account.staff)
        account.is_active = is_active
    if password is not None:
        _check_strength(password)
        account.password = make_password(password)
        account.failures, account.locked_until = 0, None
    others = Account.objects.filter(role=Role.OWNER, is_active=True).exclude(id=account.id)
    if not (account.role == Role.OWNER and account.is_active) and not others.exists():
        raise Conflict(
            "account.last_owner",
            zh="至少要保留一个可登录的所有者账号",
            en="At least one owner must be able to sign in",
        )
    account.save()
    detail = {"role": role, "is_active": is_active, "password": "changed" if password else None}
    audit.record(actor, "account.change", f"account:{login}", {k: v for k, v in detail.items() if v is not None})
    return account


def sign_in(login: str, password: str) -> Account | Problem:
    """The account, or the refusal to answer with.

    The refusal is returned, not raised, because the failure it counts must be committed. Five failures in a row
    lock the account for 15 minutes of wall time; unknown logins take as long as wrong passwords.
    """
    account = Account.objects.select_for_update().filter(login=login).first()
    now = clock.wall()
    if account is None:
        make_password(password)
        return _refused()
    if account.locked_until is not None and account.locked_until > now:
        return Problem(
            "auth.locked",
            zh="输错次数太多，账号已锁定 15 分钟，请稍后再试或请所有者重设密码",
            en="Too many wrong passwords: the account is locked for 15 minutes; wait or ask an owner to reset it",
            status=429,
        )
    actor = Actor(account.login, Role(account.role), account.staff_id)
    if not check_password(password, account.password) or not account.is_active:
        account.failures += 1
        if account.failures >= MAX_FAILURES:
            account.failures, account.locked_until = 0, now + LOCKED_FOR
            audit.record(actor, "account.lock", f"account:{login}")
        account.save(update_fields=["failures", "locked_until"])
        return _refused()
    account.failures, account.locked_until, account.last_login = 0, None, now
    account.save(update_fields=["failures", "locked_until", "last_login"])
    audit.record(actor, "account.sign_in", f"account:{login}")
    return account


def _refused() -> Problem:
    return Problem(
        "auth.wrong",
        zh="登录名或密码不对，请检查后再试",
        en="Wrong login or password; check and try again",
        status=401,
    )


def _check_strength(password: str) -> None:
    if len(password) < MIN_PASSWORD:
        raise Problem(
            "account.weak_password",
            zh=f"密码至少 {MIN_PASSWORD} 位",
            en=f"The password needs at least {MIN_PASSWORD} characters",
            place="password",
        )


def _staff_for(role: Role, staff_key: str | None) -> Staff | None:
    if staff_key is None:
        if role == Role.STAFF:
            raise Problem(
                "account.staff_needed",
                zh="员工账号要指定是哪位员工",
                en="A staff account must name its staff member",
                place="staff",
            )
        return None
    staff = Staff.objects.filter(key=staff_key).first()
    if staff is None:
        raise NotFound("员工", "staff member", staff_key)
    _check_works_here(staff)
    return staff


def _check_works_here(staff: Staff) -> None:
    if not staff.active:
        raise Conflict(
            "account.staff_inactive",
            zh=f"员工「{staff.name}」已停用，不能登录：请先在 设置 → 组织 里恢复这位员工",
            en=f"“{staff.name}” is inactive and may not sign in: reactivate them under Settings → Organisation first",
            place="staff",
        )
