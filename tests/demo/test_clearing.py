"""demo.clearing: a demo world broken off in its first moments is started over; nothing else is ever cleared."""

from dataclasses import replace

import pytest

from potager.cli import demo as cli
from potager.core import house
from potager.core.settings import environment
from potager.demo import clearing, world
from potager.demo.parameters import Parameters
from potager.facts import warehouse
from potager.people.models import Customer
from potager.touch.simulator import launcher

TINY = replace(Parameters(), seed=3, customers=60, history_days=20, replay_days=1, moments=(32 * 3600 + 2100,))


def interrupted(*, refresh: bool):
    raise InterruptedError


@pytest.mark.django_db(transaction=True)
def test_a_building_broken_off_before_its_first_day_starts_over(empty_house):
    with launcher.running(), pytest.raises(InterruptedError):
        world.build(TINY, interrupted, lambda _: None)
    assert Customer.objects.count() > 0
    assert clearing.is_stump()
    assert not world.is_unfinished()

    cli.build_world(TINY)
    assert not clearing.is_stump()
    assert Customer.objects.filter(state="live").count() == 60
    assert Customer.objects.order_by("id").first().id == 1


@pytest.mark.django_db(transaction=True)
def test_the_stump_is_cleared_to_the_bare_tables(empty_house):
    with launcher.running(), pytest.raises(InterruptedError):
        world.build(TINY, interrupted, lambda _: None)
    clearing.clear()
    assert not house.is_founded()
    assert Customer.objects.count() == 0
    assert not (environment().home / "simulator").exists()
    assert not environment().warehouse_file.exists()
    assert warehouse.get().query("SELECT count(*) AS n FROM orders")["n"][0].as_py() == 0


def test_a_house_of_a_company_is_never_cleared(house):
    assert not clearing.is_stump()
    with pytest.raises(RuntimeError, match="stump"):
        clearing.clear()
