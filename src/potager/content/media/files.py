"""Where materials lie: POTAGER_HOME/materials/<first two digits>/<SHA-256>."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from potager.content.media import sniff
from potager.content.media.models import Kind
from potager.core.errors import NotFound
from potager.core.settings import environment


@dataclass(frozen=True, slots=True)
class Incoming:
    """Bytes that came and are fit to be kept; they are gone after `incoming` unless put."""

    path: Path
    content: str
    size: int
    form: sniff.Form

    def put(self) -> None:
        """Keep them under their content; putting the same again changes nothing."""
        target = path_of(self.content)
        target.parent.mkdir(parents=True, exist_ok=True)
        self.path.replace(target)


@contextmanager
def incoming(blocks: Iterable[bytes]) -> Iterator[Incoming]:
    """Take bytes as they come, and no more than anything may have. Raises Problem for what is too small or large."""
    root = environment().home / "materials"
    root.mkdir(parents=True, exist_ok=True)
    digest, head, size = hashlib.sha256(), b"", 0
    with tempfile.NamedTemporaryFile(dir=root, prefix="incoming-", delete=False) as beside:
        path = Path(beside.name)
        try:
            for block in blocks:
                digest.update(block)
                beside.write(block)
                head, size = (head + block)[: sniff.HEAD], size + len(block)
                if size > sniff.MOST[Kind.FILE]:
                    break
            beside.flush()
            form = sniff.form_of(head)
            sniff.refuse_unfit(form.kind, size)
            yield Incoming(path, digest.hexdigest(), size, form)
        finally:
            path.unlink(missing_ok=True)


def open_kept(content: str) -> Path:
    """The kept file. Raises NotFound when it was lost: uploading the same again brings it back."""
    path = path_of(content)
    if not path.exists():
        raise NotFound("素材文件", "file of a material", content[:12])
    return path


def path_of(content: str) -> Path:
    return environment().home / "materials" / content[:2] / content
