"""What the house is put together from."""

from collections.abc import Iterator

import pytest

from potager import assembly
from potager.core import house
from potager.facts.warehouse import Warehouse
from tests.conftest import fresh_warehouse


@pytest.fixture
def unfounded(transactional_db) -> Iterator[Warehouse]:
    """An open warehouse in a house before its first run."""
    yield from fresh_warehouse()


@pytest.mark.parametrize("kind", [each.kind for each in assembly.PERIODIC])
def test_background_work_waits_for_first_run_without_failing(unfounded, kind):
    assert not assembly.JOB_KINDS[kind]({})
    assert not house.is_founded()
