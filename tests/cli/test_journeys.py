"""`potager apply|plan|export|journey`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import potager
from potager.cli import definitions
from potager.cli.journey import journey
from potager.org.access import SYSTEM
from potager.playbooks import base
from tests.journeys.conftest import Garden, garden

__all__ = ["garden"]
PACK = str(Path(potager.__file__).parent / "playbooks/base")


def run(command, *arguments: str) -> str:
    result = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def pack(garden: Garden) -> Garden:
    base.apply(SYSTEM)
    return garden


def test_a_folder_is_applied_in_the_order_that_lets_one_refer_to_another(pack):
    again = json.loads(run(definitions.apply, PACK, "--json"))
    assert {each["change"] for each in again} == {"unchanged"}
    assert {each["key"] for each in again if each["kind"] == "journey"} == {
        "new-customer-7d",
        "repurchase-reminder",
        "win-back",
    }


def test_plan_shows_a_diff_and_changes_nothing(pack, tmp_path):
    text = run(definitions.export, "journey", "win-back")
    file = tmp_path / "win-back.yaml"
    file.write_text(text.replace("control: 30", "control: 20"), "utf-8")
    said = run(definitions.plan, str(file))
    assert "changed    journey win-back" in said
    assert "-control: 30" in said
    assert run(definitions.export, "journey", "win-back") == text


def test_publish_pause_resume_trace_stop(pack):
    assert "在途 0 人\n对照组 30%\n" in run(journey, "publish", "new-customer-7d", "--preview")
    assert run(journey, "publish", "new-customer-7d") == "已发布 new-customer-7d v1\n"
    cid = pack.person("小林")
    pack.tell("friend_added", cid, staff="chen")
    pack.later(seconds=1)
    assert "新客 7 天培育 v1" in run(journey, "trace", str(cid))
    (traced,) = json.loads(run(journey, "trace", str(cid), "--journey", "new-customer-7d", "--json"))
    assert [(step["step"], step["kind"]) for step in traced["steps"]] == [("welcome", "message")]
    run(journey, "pause", "new-customer-7d")
    assert json.loads(run(journey, "list", "--json"))[0]["state"] in {"draft", "paused"}
    run(journey, "resume", "new-customer-7d")
    assert run(journey, "stop", "new-customer-7d") == "已停止，1 人退出\n"
    assert "stopped" in run(journey, "list")


def test_a_draft_is_simulated(garden):
    garden.publish()
    garden.tell("friend_added", garden.person(), staff="chen")
    garden.later(hours=1)
    said = run(journey, "simulate", "welcome", "--days", "1")
    assert "进入 1  转化 0" in said
    assert "send 可发送  1 条" in said
    told = json.loads(run(journey, "simulate", "welcome", "--version", "1", "--json"))
    assert (told["entries"], told["steps"], told["ends"]) == ({"2026-11-01": 1}, {"hello": 1}, {"done": 1})
