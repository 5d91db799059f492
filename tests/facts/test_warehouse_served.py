"""facts.warehouse.remote and owner: the embedded file owned by one process and asked by others."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from potager.core import jobs, store
from potager.core.errors import Conflict, Down, Problem
from potager.core.models import Job
from potager.facts import warehouse as engines
from potager.facts.warehouse import owner, wire
from potager.facts.warehouse.duckdb import READERS, DuckWarehouse
from potager.facts.warehouse.owner import Owner
from potager.facts.warehouse.remote import RemoteWarehouse
from tests.e2e.served import ROOT, environment_of

pytestmark = pytest.mark.once

# Far longer than any test waits.
ENDLESS = "SELECT count(*) AS n FROM range(10000000000) a(i), range(1000) b(j) WHERE hash(i * j) = 1"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DuckWarehouse]:
    opened = DuckWarehouse(tmp_path / "warehouse.duckdb")
    with opened.write() as writer:
        writer.execute("CREATE TABLE t (n BIGINT)")
    yield opened
    opened.close()


@pytest.fixture
def home(tmp_path: Path, file: DuckWarehouse) -> Iterator[Path]:
    """The data directory of a warehouse that is served by a thread of this process."""
    serving = Owner(file, tmp_path)
    serving.start()
    yield tmp_path
    serving.stop()


@pytest.fixture
def asked(home: Path) -> Iterator[RemoteWarehouse]:
    remote = RemoteWarehouse("remote:", home)
    yield remote
    remote.close()


@contextmanager
def process(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """`potager warehouse serve` for this data directory, answering."""
    command = [sys.executable, "-m", "potager.cli.main", "warehouse", "serve"]
    with subprocess.Popen(command, env=environment_of(home), cwd=ROOT, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        while "Ctrl-C" not in (line := serving.stderr.readline()):
            assert line, "it ended before it answered"
        try:
            yield serving
        finally:
            serving.kill()


def numbers(remote: RemoteWarehouse | DuckWarehouse) -> list[int]:
    return remote.query("SELECT n FROM t ORDER BY n")["n"].to_pylist()


def put(remote: RemoteWarehouse, *found: int) -> None:
    with remote.write() as writer:
        writer.append("t", pa.table({"n": list(found)}))


def test_what_one_process_wrote_another_reads(asked, home, file):
    other = RemoteWarehouse("remote:", home)
    put(asked, 1, 2)
    assert numbers(other) == numbers(file) == [1, 2]
    assert other.counts(["t"]) == {"t": 2}
    other.checkpoint()
    assert numbers(asked) == [1, 2]
    other.close()


def test_a_transaction_left_by_an_error_is_rolled_back_at_the_owner(asked, file):
    def write_and_fail():
        with asked.write() as writer:
            writer.execute("INSERT INTO t VALUES (1)")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_and_fail()
    assert numbers(file) == []
    put(asked, 2)
    assert numbers(file) == [2]


def test_a_killed_writer_leaves_nothing_and_holds_nobody_up(asked, home, file):
    code = (
        "import os, pathlib, signal, sys\n"
        "from potager.facts.warehouse.remote import RemoteWarehouse\n"
        "with RemoteWarehouse('remote:', pathlib.Path(sys.argv[1])).write() as writer:\n"
        "    writer.execute('INSERT INTO t VALUES (1)')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "potager.settings", "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code, str(home)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    put(asked, 2)
    assert numbers(file) == [2]


def test_statements_that_take_too_long_are_stopped_at_the_owner(home, file):
    hasty = RemoteWarehouse("remote:?timeout=0.3", home)
    # More of them than there are readers: were one left running, the last question would find none.
    for _ in range(READERS + 1):
        with pytest.raises(Problem) as refused:
            hasty.query(ENDLESS)
        assert (refused.value.code, refused.value.status) == ("warehouse.timeout", 504)
    with pytest.raises(Problem, match="timeout"), hasty.write() as writer:
        writer.query(ENDLESS)
    patient = RemoteWarehouse("remote:?timeout=20", home)
    begun = time.monotonic()
    put(patient, 5)
    assert numbers(patient) == [5]
    assert time.monotonic() - begun < 10
    patient.close()
    hasty.close()


def test_there_is_one_heavy_query_at_a_time_whoever_asks(asked, home):
    other = RemoteWarehouse("remote:", home)
    said: list[str] = []

    def wait_for_it():
        with other.heavy():
            said.append("second")

    with asked.heavy():
        waiting = threading.Thread(target=wait_for_it)
        waiting.start()
        waiting.join(0.5)
        said.append("first")
    waiting.join(10)
    assert said == ["first", "second"]
    other.close()


def test_errors_are_of_the_kind_they_are_in_the_owner(asked):
    with pytest.raises(duckdb.CatalogException, match="nothing_of_the_kind"):
        asked.query("FROM nothing_of_the_kind")
    with pytest.raises(duckdb.ConversionException), asked.write() as writer:
        writer.execute("INSERT INTO t VALUES ('a')")
    assert asked.query("SELECT 1 AS n")["n"].to_pylist() == [1]
    refusal = wire.raised(wire.failure(Conflict("a.b", zh="不行", en="no", place="x")).head["error"])
    assert isinstance(refusal, Problem)
    assert (refusal.code, refusal.zh, refusal.en, refusal.place, refusal.status) == ("a.b", "不行", "no", "x", 409)
    assert str(wire.raised({"kind": "SystemExit", "text": "1"})) == "SystemExit: 1"


def test_nobody_is_answered_without_the_token(home):
    at = owner.address(home)
    assert at is not None
    assert stat.S_IMODE((home / owner.ADDRESS_FILE).stat().st_mode) == 0o600
    assert at.token not in repr(at)
    for greeting in ({"token": "f" * 64}, {"do": "query", "sql": "SELECT 1"}):
        stream = wire.socket.create_connection(("127.0.0.1", at.port))
        with wire.connection(stream) as link:
            wire.send(link, wire.Message(greeting))
            with pytest.raises(EOFError):
                wire.receive(link)


def test_it_listens_on_this_machine_only(home, file):
    serving = Owner(file, home)
    assert serving._server.server_address[0] == "127.0.0.1"
    serving._server.server_close()


VALUES = st.one_of(
    st.integers(-(2**63), 2**64 - 1),
    st.booleans(),
    st.text(),
    st.binary(),
    st.floats(allow_nan=False),
    st.dates(date(1970, 1, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)),
    st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.decimals(-(10**15), 10**15, places=2).map(Decimal),
    st.lists(st.integers(0, 2**40)),
    st.none(),
)


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_parameters_arrive_as_they_were(values):
    asked = wire.Message({"named": False}, wire.with_params(values, {"beside": pa.table({"x": [1]})}))
    assert wire.params_of(asked) == values
    assert list(wire.beside_of(asked)) == ["beside"]
    named = {f"p{n}": value for n, value in enumerate(values)}
    assert wire.params_of(wire.Message({"named": True}, wire.with_params(named, {}))) == named


@pytest.mark.parametrize("url", ["remote:?timeout=0", "remote:?timeout=x", "remote:?speed=1", "remote://host:1"])
def test_a_url_that_says_more_than_it_may_is_refused(url, tmp_path):
    with pytest.raises(Problem) as refused:
        RemoteWarehouse(url, tmp_path)
    assert refused.value.code == "settings.warehouse"


def test_an_owner_killed_and_started_again_is_found_by_itself(tmp_path):
    remote = RemoteWarehouse("remote:?timeout=20", tmp_path)
    with pytest.raises(Down) as refused:
        remote.query("SELECT 1")
    assert (refused.value.code, refused.value.status) == ("warehouse.down", 503)
    with process(tmp_path) as serving:
        with remote.write() as writer:
            writer.execute("INSERT INTO watermark VALUES ('x', 7)")
        with pytest.raises(Down), remote.write() as writer:
            writer.execute("INSERT INTO watermark VALUES ('y', 8)")
            serving.send_signal(signal.SIGKILL)
            serving.wait()
            writer.execute("INSERT INTO watermark VALUES ('z', 9)")
        with pytest.raises(Down):
            remote.query("SELECT 1")
    with process(tmp_path):
        rows = remote.query("FROM watermark ORDER BY name").to_pylist()
    assert rows == [{"name": "journal", "seq": 0}, {"name": "x", "seq": 7}]
    remote.close()


def test_stopping_it_answers_what_is_in_hand_and_rolls_back_what_is_open(tmp_path):
    remote = RemoteWarehouse("remote:?timeout=20", tmp_path)
    answers: list[int] = []
    with process(tmp_path) as serving:
        slow = "SELECT count(*) AS n FROM range(60000000) a(i) WHERE hash(i) % 7 = 1 AND md5(i::VARCHAR) > 'x'"
        asking = threading.Thread(target=lambda: answers.extend(remote.query(slow)["n"].to_pylist()))
        with pytest.raises(Down), remote.write() as writer:
            writer.execute("INSERT INTO watermark VALUES ('y', 8)")
            asking.start()
            time.sleep(0.3)
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(30) == 0
            writer.execute("INSERT INTO watermark VALUES ('z', 9)")
        asking.join(20)
        assert serving.stderr is not None
        assert serving.stderr.read() == ""
    assert answers == [0]
    assert owner.address(tmp_path) is None
    opened = DuckWarehouse(tmp_path / "warehouse.duckdb")
    assert opened.query("SELECT name FROM watermark")["name"].to_pylist() == ["journal"]
    opened.close()
    remote.close()


def test_what_does_not_end_in_time_is_interrupted_when_it_is_stopped(tmp_path, file, monkeypatch):
    monkeypatch.setattr(owner, "GOODBYE_SECONDS", 0.3)
    serving, remote, said = Owner(file, tmp_path), RemoteWarehouse("remote:?timeout=20", tmp_path), []

    def ask():
        with pytest.raises(duckdb.InterruptException):
            remote.query(ENDLESS)
        said.append("interrupted")

    serving.start()
    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    serving.stop()
    asking.join(10)
    assert said == ["interrupted"]
    assert numbers(file) == []
    remote.close()


def test_a_second_owner_is_told_of_the_first(tmp_path):
    with process(tmp_path) as serving:
        command = [sys.executable, "-m", "potager.cli.main", "warehouse", "serve"]
        done = subprocess.run(
            command, env=environment_of(tmp_path), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert f"PID {serving.pid}" in done.stderr


@pytest.fixture
def away(warehouse, monkeypatch) -> Iterator[None]:
    """A house whose warehouse is another process's, which does not run."""
    engines.close()
    monkeypatch.setattr(engines, "_warehouse", RemoteWarehouse("remote:", Path("/nonexistent")))
    yield
    engines.close()


def test_what_needs_the_warehouse_waits_and_says_why(away, monkeypatch):
    from potager.facts import jobs as facts_jobs

    monkeypatch.setattr(jobs, "_handlers", {"facts.load": facts_jobs.load})
    with store.write():
        jobs.enqueue("facts.load", lane="load")
    assert jobs.run_due(["load"]) == 1
    job = Job.objects.get()
    assert (job.failed, job.tries) == (False, 0)
    assert job.last_error.startswith("warehouse.down at POTAGER_WAREHOUSE: ")


def test_what_needs_the_file_for_itself_is_refused_before_anything_is_done(away):
    from potager.facts.rebuild import rebuild

    with pytest.raises(Conflict) as refused:
        rebuild()
    assert refused.value.code == "warehouse.owned"
    assert "POTAGER_WAREHOUSE=duckdb:" in refused.value.en
