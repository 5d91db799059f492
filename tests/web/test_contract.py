from collections import defaultdict
from collections.abc import Iterator

from pydantic import BaseModel

from potager.web import urls  # noqa: F401  (loads every router)


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def test_every_schema_of_the_contract_has_a_name_of_its_own():
    """The contract files schemas by class name: of two with one name, one would silently describe the other."""
    modules = defaultdict(set)
    for model in _models(BaseModel):
        room, _, module = model.__module__.removeprefix("potager.").partition(".")
        if model.__module__.startswith("potager.") and (module.endswith("schemas") or module == "api"):
            modules[model.__name__].add(f"{room}.{module}")
    assert {name: sorted(found) for name, found in modules.items() if len(found) > 1} == {}
