"""Where an import keeps its file and its work: POTAGER_HOME/imports/<content>/.

source              the file as given; removed when its run is finished
run-<id>/           per chunk: the accepted rows (no contact in clear), the rejects, and last the counts, whose
                    presence says that the chunk is done
rejects-<id>.csv    what a finished run rejected
"""

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from potager.core.errors import Conflict, NotFound
from potager.core.settings import environment
from potager.facts import lake
from potager.facts.imports.parse import REJECT_COLUMNS, Reject, rejects_csv

# The code of the refusal of whoever comes second to a file.
RUNNING = "import.running"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one chunk."""

    read: int
    rejected: int


def keep(path: Path) -> str:
    """Copy a file in under its content; returns the content's SHA-256."""
    with path.open("rb") as file:
        return keep_blocks(iter(lambda: file.read(_BLOCK), b""))


def keep_blocks(blocks: Iterable[bytes]) -> str:
    """The same for bytes as they come, e.g. of an upload."""
    root = environment().home / "imports"
    root.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=root, prefix="incoming-", delete=False) as beside:
        for block in blocks:
            digest.update(block)
            beside.write(block)
    target = source_of(digest.hexdigest())
    target.parent.mkdir(exist_ok=True)
    Path(beside.name).replace(target)
    return digest.hexdigest()


def source_of(content: str) -> Path:
    """The kept file."""
    return environment().home / "imports" / content / "source"


def open_source(content: str) -> Path:
    """The kept file. Raises NotFound when it was removed after its run."""
    path = source_of(content)
    if not path.exists():
        raise NotFound("文件", "file", content[:12])
    return path


def rejects_file(content: str, run: int) -> Path:
    return source_of(content).with_name(f"rejects-{run}.csv")


@contextmanager
def working(content: str) -> Iterator[None]:
    """One process or thread works on a file at a time. Raises Conflict("import.running") for the second."""
    path = source_of(content).with_name("lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                RUNNING,
                zh="这个文件正在导入，请等它完成",
                en="This file is being imported: wait for it to end",
            ) from error
        yield


class Work:
    """The chunks of one run."""

    def __init__(self, content: str, run: int) -> None:
        self._content, self._run = content, run
        self.folder = source_of(content).with_name(f"run-{run}")

    def done(self, chunk: int) -> Counts | None:
        """The counts of a chunk that is finished."""
        path = self._path(chunk, "json")
        return Counts(**json.loads(path.read_text())) if path.exists() else None

    def finish(self, chunk: int, accepted: pa.Table | None, rejects: Sequence[Reject], counts: Counts) -> None:
        """Keep a chunk's outcome; a crash before the end leaves the chunk undone."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path(chunk, "csv").write_text(rejects_csv(rejects), encoding="utf-8")
        if accepted is not None and accepted.num_rows:
            lake.write_file(self._path(chunk, "parquet"), accepted)
        beside = self._path(chunk, "part")
        beside.write_text(json.dumps(asdict(counts)))
        beside.replace(self._path(chunk, "json"))

    def parts(self) -> list[Path]:
        """The accepted rows, in order."""
        return sorted(self.folder.glob("*.parquet"))

    def clear(self) -> None:
        """Put the rejects together and remove everything else, the file included: it may hold contacts in clear."""
        target = rejects_file(self._content, self._run)
        if self.folder.exists():
            with target.with_suffix(".part").open("w", encoding="utf-8-sig", newline="") as out:
                out.write(",".join(REJECT_COLUMNS) + "\r\n")
                for path in sorted(self.folder.glob("*.csv")):
                    out.write(path.read_text(encoding="utf-8"))
            target.with_suffix(".part").replace(target)
            shutil.rmtree(self.folder)
        source_of(self._content).unlink(missing_ok=True)

    def _path(self, chunk: int, suffix: str) -> Path:
        return self.folder / f"{chunk:06}.{suffix}"
