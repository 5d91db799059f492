"""`potager bench`: the measurements behind the figures of the documentation, run on this machine."""

import subprocess
import sys
from pathlib import Path

import click

from potager.core.errors import Problem

_FOLDER = Path(__file__).resolve().parents[3] / "benchmarks"
_NAMES = ("insight", "journeys")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", type=click.Choice(_NAMES))
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def bench(name: str, options: tuple[str, ...]) -> None:
    """Measure a part of the house on this machine, beside the best form written by hand; --help after the name."""
    script = _FOLDER / f"{name}.py"
    if not script.is_file():
        raise Problem(
            "bench.absent",
            zh="性能测试只随源码提供：请在源码目录里运行 bin/potager bench",
            en="Benchmarks come with the source: run bin/potager bench in a checkout",
        )
    sys.exit(subprocess.run([sys.executable, str(script), *options], check=False).returncode)
