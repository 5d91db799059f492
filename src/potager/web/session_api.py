"""Signing in and out, and first run."""

from datetime import datetime

from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Status
from ninja.utils import check_csrf
from pydantic import BaseModel, Field

from potager import __version__
from potager.core import clock, house, jobs, store
from potager.core.errors import Forbidden, Problem
from potager.core.models import House
from potager.org import accounts
from potager.org.access import SYSTEM, actor_of
from potager.org.models import Account, Role
from potager.playbooks import loader

router = Router(tags=["session"])


class SignIn(BaseModel):
    login: str = Field(max_length=64)
    password: str = Field(max_length=200)


class Session(BaseModel):
    login: str
    role: Role
    staff: str | None
    staff_name: str | None


class HouseOut(BaseModel):
    """The house as everyone may see it. `now` is business time; `world_at` is set only in a simulated world."""

    founded: bool
    name: str
    zone: str
    currency: str
    world_at: datetime | None
    now: datetime
    version: str


class Founding(BaseModel):
    name: str = Field(min_length=1, max_length=100)
    zone: str
    currency: str
    login: str = Field(min_length=2, max_length=64)
    password: str = Field(max_length=200)


@router.get("/session", auth=None, response=Session, summary="Who is signed in")
def read_session(request: HttpRequest) -> Session:
    get_token(request)
    actor_of(request)
    account = request.user
    assert isinstance(account, Account)
    return _session(account)


@router.post("/session", auth=None, response=Session, summary="Sign in")
def sign_in(request: HttpRequest, body: SignIn) -> Session:
    _same_origin(request)
    with store.write():
        account = accounts.sign_in(body.login, body.password)
    if isinstance(account, Problem):
        raise account
    start_session(request, account, backend="django.contrib.auth.backends.ModelBackend")
    return _session(account)


@router.delete("/session", response={204: None}, summary="Sign out")
def sign_out(request: HttpRequest) -> Status[None]:
    end_session(request)
    return Status(204, None)


@router.get("/house", auth=None, response=HouseOut, summary="Name, zone, currency and time of this house")
def read_house(request: HttpRequest) -> HouseOut:
    get_token(request)
    row = House.objects.first()
    return HouseOut(
        founded=row is not None,
        name=row.name if row else "",
        zone=row.zone if row else "Asia/Shanghai",
        currency=row.currency if row else "CNY",
        world_at=row.world_at if row else None,
        now=clock.now(),
        version=__version__,
    )


@router.post("/house", auth=None, response={201: HouseOut}, summary="First run: found the house and its owner")
def found_house(request: HttpRequest, body: Founding) -> Status[HouseOut]:
    _same_origin(request)
    with store.write():
        house.found(body.name, zone=body.zone, currency=body.currency)
        accounts.create(SYSTEM, login=body.login, password=body.password, role=Role.OWNER)
        loader.load(SYSTEM)
        jobs.arm()
    return Status(201, read_house(request))


def _session(account: Account) -> Session:
    staff = account.staff
    return Session(
        login=account.login,
        role=Role(account.role),
        staff=staff.key if staff else None,
        staff_name=staff.name if staff else None,
    )


def _same_origin(request: HttpRequest) -> None:
    """Requests without a session get no CSRF check from the session door, so they get it here."""
    if check_csrf(request) is not None:
        raise Forbidden(zh="页面已过期，请刷新后再试", en="This page has expired; reload it and try again")
