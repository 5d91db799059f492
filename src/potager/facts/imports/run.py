"""An import from beginning to end. Killed anywhere and started again, it ends in the same state.

Facts go chunk by chunk into checked parts, then as one bulk load: wholly or not at all. Customers go in small
transactions that carry the position along. Nothing here starts a journey: bulk loads are history, and the tag and
layer changes they cause are marked `rebuild`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from potager.core import clock, house, jobs, money, store
from potager.core.errors import Conflict, Down, Problem
from potager.core.store import Lane
from potager.facts import bulk, plan
from potager.facts.imports import mapping as mappings
from potager.facts.imports import outputs
from potager.facts.imports.customers import CustomerRows
from potager.facts.imports.files import Counts, Work, open_source, working
from potager.facts.imports.mapping import PERSONAL_KINDS, FileMapping, Kind
from potager.facts.imports.parse import Parser, Reject, mask
from potager.facts.imports.persons import Cells, Persons
from potager.facts.imports.sniff import Row, Shape, chunked, rows_of, shape_of
from potager.facts.imports.values import Converter
from potager.facts.models import ImportRun
from potager.facts.warehouse.literals import literals
from potager.org import audit
from potager.org.access import Actor

CHUNK = 50_000
_STAGED_ROWS = 250_000
Progress = Callable[[int], None]


def _silent(_rows: int) -> None:
    return


@dataclass(slots=True)
class Checked:
    """What a dry run found: `would_load` leaves out exact duplicates in the file, not what the house has already."""

    read: int = 0
    rejected: int = 0
    duplicate: int = 0
    rejects: list[Reject] = field(default_factory=list)

    @property
    def would_load(self) -> int:
        return self.read - self.rejected - self.duplicate


def stage(actor: Actor, *, file_name: str, content: str) -> ImportRun:
    """An uploaded file that nobody has said anything about yet. Inside store.write."""
    return ImportRun.objects.create(
        file_name=file_name[:200], content=content, created_by=actor.login, created_at=clock.now()
    )


def start(actor: Actor, staged: ImportRun, kind: Kind, mapping: FileMapping) -> ImportRun:
    """Run an uploaded file in the background. Inside store.write. Raises Conflict when it was started before."""
    if staged.state != ImportRun.State.STAGED:
        raise Conflict(
            "import.started",
            zh="这个文件已经开始导入，要再导入一次请重新上传",
            en="This file's import was started already: upload it again to import it again",
        )
    begun = begin(actor, staged, kind, mapping)
    jobs.enqueue("facts.import", {"run": begun.id}, lane="import", dedupe_key=f"facts.import:{begun.id}")
    return begun


def refuse_unfit(content: str, kind: Kind, mapping: FileMapping) -> None:
    """Raise the Problem that this mapping has with this kind and this file, if any."""
    path = open_source(content)
    mappings.check(mapping, kind, shape_of(path, mapping).columns)


def begin(actor: Actor, staged: ImportRun, kind: Kind, mapping: FileMapping) -> ImportRun:
    """Make the staged file's run begin. Inside store.write.

    A run of the same file, kind and mapping that was cut short takes its place and goes on.
    """
    raw = mapping.model_dump(mode="json", exclude_defaults=True)
    running = ImportRun.objects.filter(content=staged.content, kind=kind.value, state=ImportRun.State.RUNNING)
    for cut_short in running.order_by("-id"):
        if cut_short.mapping == raw:
            staged.delete()
            return cut_short
    staged.kind, staged.mapping, staged.state = kind.value, raw, ImportRun.State.RUNNING
    staged.save()
    audit.record(actor, "import.start", f"import:{staged.id}", {"file": staged.file_name, "kind": kind.value})
    return staged


def check(content: str, kind: Kind, mapping: FileMapping, *, most: int | None = None) -> Checked:
    """A dry run over the first `most` rows (all by default): reads and converts everything, changes nothing."""
    path = open_source(content)
    shape = shape_of(path, mapping)
    mappings.check(mapping, kind, shape.columns)
    checked = Checked()
    seen: set[str] = set()
    reader = _Reader(kind, mapping, shape, ImportRun())
    try:
        for chunk in chunked(rows_of(path, shape), CHUNK):
            rows = chunk if most is None else chunk[: most - checked.read]
            accepted, rejects = reader.read(rows)
            hashes = [str(each) for each in accepted["hash"].to_pylist()]
            checked.read += len(rows)
            checked.rejected += len(rejects)
            if mapping.duplicates == "drop":
                checked.duplicate += len(hashes) - len(set(hashes) - seen)
                seen |= set(hashes)
            checked.rejects += rejects[: max(0, 100 - len(checked.rejects))]
            if most is not None and checked.read >= most:
                break
    finally:
        reader.close()
    return checked


def work(run_id: int, progress: Progress = _silent) -> ImportRun:
    """Do what is left of a run. A Problem marks it failed and is raised on, but for Down: then it can be gone on with.

    progress  told the number of rows read after each chunk
    Raises Conflict("import.running") when another process works on the same file.
    """
    run = ImportRun.objects.get(id=run_id)
    with working(run.content):
        run.refresh_from_db()
        if run.state != ImportRun.State.RUNNING:
            return run
        try:
            _work(run, progress)
        except Down:
            raise
        except Problem as problem:
            with store.write(Lane.IMPORT):
                run.state, run.error_zh, run.error_en = ImportRun.State.FAILED, problem.zh, problem.en
                run.save(update_fields=["state", "error_zh", "error_en"])
            raise
    return run


def _work(run: ImportRun, progress: Progress) -> None:
    kind, mapping = Kind(run.kind), mappings.parse(run.mapping)
    path = open_source(run.content)
    shape = shape_of(path, mapping)
    mappings.check(mapping, kind, shape.columns)
    parts = Work(run.content, run.id)
    reader = _Reader(kind, mapping, shape, run)
    counts = Counts(0, 0)
    try:
        for number, chunk in enumerate(chunked(rows_of(path, shape), CHUNK)):
            done = parts.done(number)
            if done is None or kind == Kind.CUSTOMERS:
                accepted, rejects = reader.read(chunk)
                done = Counts(len(chunk), len(rejects))
                parts.finish(number, reader.store(accepted), rejects, done)
            counts = Counts(counts.read + done.read, counts.rejected + done.rejected)
            _note_progress(run, counts)
            progress(counts.read)
    finally:
        reader.close()
    if kind != Kind.CUSTOMERS:
        _load(run, kind, mapping, parts)
    with store.write(Lane.IMPORT):
        run.duplicate = counts.read - counts.rejected - run.loaded
        run.state, run.finished_at = ImportRun.State.FINISHED, clock.now()
        run.save()
    parts.clear()


def _note_progress(run: ImportRun, counts: Counts) -> None:
    run.read, run.rejected = counts.read, counts.rejected
    with store.write(Lane.IMPORT):
        run.save(update_fields=["read", "rejected"])


class _Reader:
    """Chunks of one file into rows that are whole: values converted, people known."""

    def __init__(self, kind: Kind, mapping: FileMapping, shape: Shape, run: ImportRun) -> None:
        facts = house.facts()
        converter = Converter(
            zone=mapping.timezone or facts.zone.key,
            formats=mapping.time_formats,
            exponent=money.exponent(facts.currency),
            round_half_up=mapping.rounding == "half_up",
        )
        self._kind, self._mapping = kind, mapping
        self._parser = Parser(kind, mapping, shape, converter)
        self._persons = Persons(mapping)
        self._customers = CustomerRows(run, mapping, self._persons) if kind == Kind.CUSTOMERS else None
        self._ids = [f"id{i}" for i in range(len(mapping.identities))]

    def close(self) -> None:
        self._parser.close()

    def read(self, chunk: Sequence[Row]) -> tuple[pa.Table, list[Reject]]:
        """The rows that can be stored, and the others."""
        accepted, rejects = self._parser.parse(chunk)
        if self._kind in PERSONAL_KINDS and self._ids:
            accepted, refused = self._without_strangers(accepted)
            rejects += refused
        if self._customers is not None:
            accepted, refused = self._customers.check(accepted)
            rejects += refused
        return accepted, sorted(rejects, key=lambda reject: reject.line)

    def store(self, accepted: pa.Table) -> pa.Table | None:
        """Store customers; for facts, the rows with the people they belong to and without their identities."""
        if self._customers is not None:
            self._customers.store(accepted)
            return None
        if self._kind == Kind.EVENTS:
            with store.write(Lane.IMPORT):
                plan.note_unplanned({str(key) for key in accepted["event"].unique().to_pylist()})
        if self._kind not in PERSONAL_KINDS:
            return accepted
        claims = self._claims(accepted)
        at = accepted["ts"].to_pylist() if "ts" in accepted.column_names else [None] * len(claims)
        named = [(cells, instant) for cells, instant in zip(claims, at, strict=True) if any(cells)]
        found = self._persons.resolve([cells for cells, _ in named], [instant for _, instant in named])
        people = [found.get(cells, (None, None)) for cells in claims]
        return (
            accepted.drop_columns(self._ids)
            .append_column("iid", pa.array([iid for iid, _ in people], pa.int64()))
            .append_column("cid", pa.array([cid for _, cid in people], pa.int32()))
        )

    def _claims(self, accepted: pa.Table) -> list[Cells]:
        columns = [accepted[name].to_pylist() for name in self._ids]
        return list(zip(*columns, strict=True)) if columns else [()] * accepted.num_rows

    def _without_strangers(self, accepted: pa.Table) -> tuple[pa.Table, list[Reject]]:
        claims = self._claims(accepted)
        refusals = {cells: problem for cells in set(claims) if (problem := self._persons.refusal(cells)) is not None}
        if not refusals:
            return accepted, []
        rejects = []
        for line, cells in zip(accepted["at_line"].to_pylist(), claims, strict=True):
            if (problem := refusals.get(cells)) is not None:
                column = next((e.column for e in self._mapping.identities if e.type == problem.place), "")
                shown = mask(" ".join(cell for cell in cells if cell))
                rejects.append(Reject(int(line or 0), column, "identity", shown, problem.zh, problem.en))
        return accepted.filter(pa.array([cells not in refusals for cells in claims], pa.bool_())), rejects


def _load(run: ImportRun, kind: Kind, mapping: FileMapping, parts: Work) -> None:
    """All parts as one bulk load, and what came of it."""
    load = f"import-{run.id}"
    files = parts.parts()
    if not files:
        return
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        # Products and costs without versions: a later file corrects an earlier one.
        version = run.id + 1 if kind in {Kind.PRODUCTS, Kind.COSTS} else 1
        rows = outputs.prepared(kind, mapping, f"read_parquet([{literals(files)}])", version)
        connection.execute(f"CREATE TEMP TABLE rows AS {rows}")
        for target, select in outputs.targets(kind, mapping, "rows"):
            reader = connection.sql(select).to_arrow_reader(_STAGED_ROWS)
            for number, part in enumerate(reader):
                bulk.stage(load, target, number, pa.Table.from_batches([part]))
    finally:
        connection.close()
    done = bulk.commit(load)
    main = outputs.MAIN[kind]
    run.loaded = sum(merged.loaded for target, merged in done.items() if target in main)
    run.brought = {target: merged.loaded for target, merged in done.items() if target not in main}
