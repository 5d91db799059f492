"""Customer value over HTTP."""

from django.http import HttpRequest
from ninja import Router

from potager.core import store
from potager.core.errors import Forbidden
from potager.insight.present import language_of
from potager.insight.value import fitting, queries
from potager.insight.value.schemas import CustomerValue, ValueOut
from potager.insight.value.settings import ValueSettings, put_settings
from potager.org.access import Actor, actor_of, require_write
from potager.people import queries as people

router = Router(tags=["insight"])


@router.get("", response=ValueOut, summary="Customer value: the last fit, its test, and where the value lies")
def get_value(request: HttpRequest) -> ValueOut:
    _require_all(actor_of(request))
    return queries.value(language_of(request))


@router.post("/fit", response=ValueOut, summary="Fit customer value now")
def fit_value(request: HttpRequest) -> ValueOut:
    require_write(actor_of(request))
    fitting.run()
    return queries.value(language_of(request))


@router.put("/settings", response=ValueOut, summary="Set horizon, discount and margin; the next fit follows them")
def change_settings(request: HttpRequest, body: ValueSettings) -> ValueOut:
    actor = actor_of(request)
    with store.write():
        put_settings(actor, body)
    return queries.value(language_of(request))


@router.get("/customers/{int:cid}", response=CustomerValue, summary="What is expected of one customer")
def get_customer_value(request: HttpRequest, cid: int) -> CustomerValue:
    return queries.customer(people.customer(actor_of(request), cid).pk, language_of(request))


def _require_all(actor: Actor) -> None:
    if not actor.sees_all:
        raise Forbidden(zh="客户价值统计全部客户，您的角色只能看自己的客户", en="Customer value is about all customers")
