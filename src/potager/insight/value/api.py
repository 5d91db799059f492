"""Customer value over HTTP."""

from django.http import HttpRequest
from ninja import Router

from potager.core import store
from potager.insight.present import language_of
from potager.insight.value import fitting, queries
from potager.insight.value.schemas import CustomerValue, ValueOut
from potager.insight.value.settings import ValueSettings, put_settings
from potager.org.access import actor_of, require_all, require_write
from potager.people import queries as people

router = Router(tags=["insight"])


@router.get("", response=ValueOut, summary="Customer value: the last fit, its test, and where the value lies")
def get_value(request: HttpRequest) -> ValueOut:
    require_all(actor_of(request))
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
