"""`potager`: each command group is one module of this package, imported only when it is asked for."""

import importlib
import keyword
import os
import sys
from collections.abc import Mapping

import click

from potager.core.errors import Problem

# command → module of this package; each module has a click command of that name (dashes as underscores, and
# import as import_).
COMMANDS: Mapping[str, str] = {
    "up": "up",
    "serve": "up",
    "worker": "worker",
    "migrate": "house",
    "openapi": "house",
    "account": "house",
    "daily": "daily",
    "demo": "demo",
    "report": "report",
    "apply": "definitions",
    "export": "definitions",
    "plan": "definitions",
    "journey": "journey",
    "count": "insight",
    "members": "insight",
    "explain": "insight",
    "layers": "insight",
    "refresh": "insight",
    "audiences": "audiences",
    "tags": "tags",
    "properties": "properties",
    "lists": "lists",
    "value": "value",
    "affinity": "affinity",
    "metrics": "metrics",
    "funnel": "metrics",
    "retention": "metrics",
    "import": "facts",
    "warehouse": "warehouse",
    "privacy": "privacy",
    "bench": "bench",
}


class _Group(click.Group):
    """Loads a command's module on first use, so that `potager --help` costs nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002  (click's signature)
        if name not in COMMANDS:
            return None
        _set_up_django()
        module = importlib.import_module(f"potager.cli.{COMMANDS[name]}")
        attribute = name.replace("-", "_")
        command = getattr(module, f"{attribute}_" if keyword.iskeyword(attribute) else attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=_Group)
@click.version_option(package_name=None, version="0.1.0", prog_name="potager")
def cli() -> None:
    """Potager 精耕: private-domain operations, proven end to end."""


def main() -> None:
    """Run the command line; a Problem becomes one plain sentence and exit status 1."""
    try:
        cli()
    except Problem as problem:
        place = f"{problem.place}: " if problem.place else ""
        click.echo(f"{place}{problem.say(os.environ.get('LANG', ''))}", err=True)
        sys.exit(1)


def _set_up_django() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "potager.settings")
        django.setup()


if __name__ == "__main__":
    main()
