"""`potager`: commands are found by name and loaded late, refusals are one sentence, output can be JSON."""

import json

import click
import pytest
from click.testing import CliRunner

from potager.cli import main as cli_main
from potager.core.errors import Problem
from potager.org.models import Account


@pytest.mark.parametrize("name", sorted(cli_main.COMMANDS))
def test_every_listed_command_exists_and_says_what_it_does(name):
    command = cli_main.cli.get_command(click.Context(cli_main.cli), name)
    assert command is not None
    assert command.help


def test_help_lists_the_commands_without_loading_them(monkeypatch):
    shown = CliRunner().invoke(cli_main.cli, ["--help"])
    assert shown.exit_code == 0
    assert "openapi" in shown.output


def test_a_refusal_is_one_plain_sentence_and_status_1(monkeypatch, capsys):
    def refuse() -> None:
        raise Problem("x", zh="不行，请改 A", en="No: change A", place="line 3")

    monkeypatch.setattr(cli_main, "cli", refuse)
    for language, said in (("zh_CN.UTF-8", "line 3: 不行，请改 A\n"), ("en_GB.UTF-8", "line 3: No: change A\n")):
        monkeypatch.setenv("LANG", language)
        with pytest.raises(SystemExit) as ended:
            cli_main.main()
        assert ended.value.code == 1
        assert capsys.readouterr().err == said


def test_the_http_contract_can_be_written_to_a_file(db, tmp_path):
    path = tmp_path / "openapi.json"
    done = CliRunner().invoke(cli_main.cli, ["openapi", "--output", str(path)])
    assert done.exit_code == 0, done.output
    contract = json.loads(path.read_text())
    assert contract["openapi"].startswith("3.1")
    assert "/api/session" in contract["paths"]


def test_an_owner_can_be_made_without_the_browser(db):
    typed = "right-password\nright-password\n"
    done = CliRunner().invoke(cli_main.cli, ["account", "ning"], input=typed)
    assert done.exit_code == 0, done.output
    assert Account.objects.get(login="ning").role == "owner"
