"""Must show 6: `kill -9` at random moments of imports and of the loader; all ends as in an undisturbed run."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def files():
    """A file of customers and one of order lines, with repeated, refused and returned rows."""
    draw = random.Random(7)
    people = ["who,phone,name,city"]
    for number in range(200):
        phone = f"1380000{number:04}" if number % 3 else ""
        people.append(f"M{number},{phone},客户{number},{draw.choice(['上海', '杭州', ''])}")
    people += people[5:25] + [",,无名,上海"] * 3
    lines = ["no,who,phone,at,sku,paid"]
    for number in range(400):
        member = draw.randrange(250)
        phone = f"1380000{member:04}" if member % 3 else ""
        at = f"2026-0{draw.randrange(1, 10)}-1{draw.randrange(10)} 10:00:00"
        lines += [
            f"B{number},M{member},{phone},{at},{sku},{draw.choice(['12.5', '3', '-1.25', 'x', '99.99'])}"
            for sku in draw.sample("abcdef", draw.randrange(1, 4))
        ]
    lines += lines[10:40]
    return {"people.csv": "\n".join(people), "lines.csv": "\n".join(lines)}


def start(act, home):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "POTAGER_DATABASE": ""}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crash.drive_facts", act, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=ROOT,
    )


def finished(process):
    out, _ = process.communicate(timeout=200)
    assert process.returncode == 0
    return json.loads(out.splitlines()[-1])


def undisturbed(act, home, files):
    """The end state, and how many seconds the work took after the process was ready."""
    lay_out(home, files)
    process = start(act, home)
    assert process.stdout.readline() == "ready\n"
    begun = time.monotonic()
    return finished(process), time.monotonic() - begun


def lay_out(home, files):
    home.mkdir()
    for name, text in files.items():
        (home / name).write_text(text)


def kill(act, home, moment):
    """Let it work for so many seconds, then kill it; False when its work was done before."""
    with start(act, home) as process:
        process.stdout.readline()
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
    return False


def rounds(act, tmp_path, files, number, seed):
    """Kill it `number` times at random moments; every house ends as the undisturbed one, whose end is returned."""
    expected, seconds = undisturbed(act, tmp_path / "undisturbed", files)
    draw = random.Random(seed)
    left, houses = number, 0
    while left:
        home = tmp_path / f"killed-{houses}"
        lay_out(home, files)
        houses += 1
        # Three kills to a house: the second and third fall on work that was cut short before.
        for turn in range(min(3, left)):
            if not kill(act, home, moment := draw.uniform(0, seconds)):
                # A whole run that was faster than the measured one: the machine was busy then.
                seconds = moment if turn == 0 else seconds
                break
            left -= 1
        assert finished(start(act, home)) == expected
    return expected


def test_an_import_killed_three_times_ends_like_one_left_alone(tmp_path, files):
    expected = rounds("import", tmp_path, files, 3, seed=1)
    people, lines = expected["counts"]
    assert people[:4] == [223, 200, 20, 3]
    assert lines[0] == lines[1] + lines[2] + lines[3]
    assert lines[2] >= 30 - lines[3]


def test_a_loader_killed_three_times_contains_everything_once(tmp_path):
    expected = rounds("load", tmp_path, {}, 3, seed=2)
    assert expected["watermark"] == 900


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_an_import_killed_twenty_times(tmp_path, files):
    rounds("import", tmp_path, files, 20, seed=3)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_loader_killed_twenty_times(tmp_path):
    rounds("load", tmp_path, {}, 20, seed=4)
