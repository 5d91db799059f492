"""Putting the twin away between days: one small file in the data directory, replaced whole."""

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np

from potager.core.errors import Conflict
from potager.core.settings import environment
from potager.demo.parameters import Parameters
from potager.demo.twin import Twin


def file() -> Path:
    """Where this house's twin lies."""
    return environment().home / "world" / "twin.npz"


def put(twin: Twin) -> None:
    """Replace the twin on disk; a crash leaves the old one or the new one."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    said = json.dumps(asdict(twin.parameters) | {"end": twin.parameters.end.isoformat()})
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as out:
        np.savez(out, parameters=np.array(said), **twin.arrays())  # type: ignore[arg-type]  # its keywords are arrays
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def days_left() -> int:
    """How many days are still to be lived before this house's world stands at T; 0 when there is no twin."""
    path = file()
    if not path.exists():
        return 0
    with np.load(path) as stored:
        return max(_parameters(str(stored["parameters"])).last_day - int(stored["day"]), 0)


def take() -> Twin:
    """The twin of this house, ready to live its next day.

    Raises Conflict("demo.no_world") when the house is no demo world.
    """
    path = file()
    if not path.exists():
        raise Conflict("demo.no_world", zh="这不是演示世界，没有可推进的日子", en="This house is not the demo world")
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    return Twin.of(_parameters(str(arrays.pop("parameters"))), arrays)


def _parameters(text: str) -> Parameters:
    said = json.loads(text)
    fields = said | {"end": date.fromisoformat(said["end"]), "moments": tuple(said["moments"])}
    return Parameters(**fields)
