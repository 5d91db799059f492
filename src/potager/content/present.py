"""Scripts, words and hits as pages show them."""

from collections.abc import Mapping, Sequence

from potager.content import library_schemas, schemas, search, sensitive, winning
from potager.content.models import Faq, HouseWord, Kind, Persona, Script, ScriptVersion, State
from potager.content.queries import faqs, state_on, visible_to
from potager.content.sensitive import Word
from potager.core import clock
from potager.org import queries as org
from potager.org.access import Actor

_OPEN = (State.DRAFT, State.IN_REVIEW)


def scripts_out(actor: Actor, rows: Sequence[Script]) -> list[schemas.ScriptOut]:
    """Scripts with the stand of their kinds and their win rates. Staff see what they may use."""
    reader = _reader(actor, [each for row in rows for each in row.versions.all()])
    return [_script_out(actor, row, reader) for row in rows]


def detail_out(actor: Actor, row: Script, *, needs_another: bool) -> schemas.ScriptDetail:
    """A script with its history; staff see the usable versions alone."""
    found = list(row.versions.all())
    reader = _reader(actor, found)
    shown = found if actor.sees_all else [each for each in found if state_on(each, reader.day) == State.PUBLISHED]
    return schemas.ScriptDetail(
        **dict(_script_out(actor, row, reader)),
        history=[schemas.ScriptVersionOut.of(each, reader) for each in shown],
        needs_another=needs_another,
    )


def _reader(actor: Actor, shown: Sequence[ScriptVersion]) -> schemas.Reader:
    records = winning.records([each.pk for each in shown])
    return schemas.Reader(clock.today(), actor.login, records, org.names_of(schemas.logins(shown)))


def _script_out(actor: Actor, row: Script, reader: schemas.Reader) -> schemas.ScriptOut:
    kinds = []
    by_kind: dict[str, list[ScriptVersion]] = {kind: [] for kind in Kind.values}
    for version in row.versions.all():
        by_kind[version.kind].append(version)
    for kind, versions in by_kind.items():
        current = next((each for each in versions if state_on(each, reader.day) == State.PUBLISHED), None)
        written = next((each for each in versions if each.state in _OPEN), None) if actor.sees_all else None
        if current or written or (versions and actor.sees_all):
            shown = [each and schemas.ScriptVersionOut.of(each, reader) for each in (current, written)]
            kinds.append(schemas.KindStand(kind=kind, current=shown[0], open=shown[1]))
    return schemas.ScriptOut(
        key=row.key,
        title=row.title,
        note=row.note,
        stage=schemas.named(row.stage),
        psychology=schemas.named(row.psychology),
        product=schemas.named(row.product),
        persona=schemas.named(row.persona),
        changed_at=row.changed_at,
        kinds=kinds,
    )


def persona_out(row: Persona) -> library_schemas.PersonaOut:
    """A persona with who speaks as it. `row` carries `script_count`."""
    return library_schemas.PersonaOut(
        key=row.key,
        name_zh=row.name_zh,
        name_en=row.name_en or row.name_zh,
        voice=row.voice,
        dos=row.dos,
        donts=row.donts,
        staff=[library_schemas.StaffName(key=each.key, name=each.name) for each in row.staff.all()],
        scripts=getattr(row, "script_count", 0),
    )


def faqs_out(rows: Sequence[Faq]) -> list[library_schemas.FaqOut]:
    """Questions with the names of who wrote them."""
    names = org.names_of({row.changed_by for row in rows})
    return [library_schemas.FaqOut.of(row, names) for row in rows]


def hits(actor: Actor, text: str, kind: search.Found | None, limit: int) -> list[library_schemas.LibraryHit]:
    """What a person who is chatting looks for: usable scripts and questions, the best first."""
    found = search.find(text, kind=kind, limit=limit)
    scripts = visible_to(actor).filter(id__in=[each.ref for each in found if each.kind == "script"])
    questions = faqs().filter(id__in=[each.ref for each in found if each.kind == "faq"])
    shown = {("script", row.pk): _script_hit(row) for row in scripts}
    shown |= {("faq", row.pk): _faq_hit(row) for row in questions}
    return [hit for each in found if (hit := shown.get((each.kind, each.ref))) is not None]


def words_out(language: str) -> list[library_schemas.SensitiveWord]:
    """The shipped words as the house changed them, its own first."""
    house = {row.word: row for row in HouseWord.objects.order_by("word")}
    known = sensitive.shipped()
    own = [_word_out(Word(word, blocking=True, reason="house"), house, language, shipped=False)
           for word in house if word not in known]  # fmt: skip
    return own + [_word_out(word, house, language, shipped=True) for word in known.values()]


def _word_out(
    word: Word, house: Mapping[str, HouseWord], language: str, *, shipped: bool
) -> library_schemas.SensitiveWord:
    said = house.get(word.word)
    return library_schemas.SensitiveWord(
        word=word.word,
        level=said.level if said else ("blocking" if word.blocking else "warning"),
        reason=word.reason,
        cure=said.cure if said and said.cure else word.cure(language),
        shipped=shipped,
        changed=said is not None,
    )


def _script_hit(row: Script) -> library_schemas.LibraryHit | None:
    today = clock.today()
    usable = [each for each in row.versions.all() if state_on(each, today) == State.PUBLISHED]
    if not usable:
        return None
    # The kind that knows most of the customer speaks first: 3.0 before 2.0 before 1.0.
    best = max(usable, key=lambda each: Kind.values.index(each.kind))
    return library_schemas.LibraryHit(kind="script", key=row.key, title=row.title, text="\n".join(best.texts.values()))


def _faq_hit(row: Faq) -> library_schemas.LibraryHit:
    return library_schemas.LibraryHit(kind="faq", key=row.key, title=row.question, text=row.answers[0])
