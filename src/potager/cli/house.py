"""Commands about the house itself: schema, HTTP contract, accounts."""

import json
from pathlib import Path

import click

from potager.core import store
from potager.core.store import Lane
from potager.org import accounts
from potager.org.access import SYSTEM
from potager.org.models import Role


@click.command()
def migrate() -> None:
    """Bring the operations store's tables up to date."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


@click.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of the screen.")
def openapi(output: Path | None) -> None:
    """The HTTP contract (OpenAPI 3.1) the console's client is generated from."""
    from potager.web.urls import api

    text = json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text)


@click.command()
@click.argument("login")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value)
@click.password_option()
def account(login: str, role: str, password: str) -> None:
    """Create an account, e.g. the first owner of a house set up without the browser."""
    with store.write(Lane.WEB):
        accounts.create(SYSTEM, login=login, password=password, role=Role(role))
    click.echo(f"{login}: {role}")
