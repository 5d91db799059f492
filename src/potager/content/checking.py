"""The sensitive-word check: the words in force, what they find, and the refusal to publish."""

from collections.abc import Mapping

from potager.content import sensitive
from potager.content.models import HouseWord, Level, Persona
from potager.content.sensitive import Finding, Word
from potager.core.errors import Problem

_FEW = 3
PLACES: Mapping[str, tuple[str, str]] = {
    "text": ("正文", "the text"),
    "new": ("给新客的正文", "the text for new customers"),
    "old": ("给老客的正文", "the text for old customers"),
    "question": ("问题", "the question"),
}


def in_force(persona: Persona | None = None) -> dict[str, Word]:
    """The shipped list as the house changed it, its own words, and what the persona never says."""
    words = sensitive.shipped()
    for row in HouseWord.objects.order_by("word"):
        if row.level == Level.ALLOWED:
            words.pop(row.word, None)
            continue
        known = words.get(row.word)
        words[row.word] = Word(
            row.word,
            row.level == Level.BLOCKING,
            known.reason if known else "house",
            known.unless if known else (),
            row.cure,
            row.cure,
        )
    for word in persona.donts if persona else ():
        words[word] = Word(word, blocking=True, reason="persona")
    return words


def check(texts: Mapping[str, str], persona: Persona | None = None) -> list[Finding]:
    """Every sensitive word in these texts (name → text), with its place."""
    return sensitive.find(texts, in_force(persona).values())


def refuse_blocking(texts: Mapping[str, str], persona: Persona | None = None) -> None:
    """Raises Problem("content.sensitive") at the first blocking word, naming up to three with their cures."""
    found = sensitive.blocking(check(texts, persona))
    if not found:
        return
    first = found[0]
    zh = "；".join(f"{place_of(each, 'zh')}的「{each.word.word}」{each.word.cure('zh')}" for each in found[:_FEW])
    en = "; ".join(f"“{each.word.word}” in {place_of(each, 'en')}: {each.word.cure('en')}" for each in found[:_FEW])
    more = len(found) - _FEW
    raise Problem(
        "content.sensitive",
        zh=f"有不能用的词：{zh}{f'；还有 {more} 处' if more > 0 else ''}",
        en=f"There are words that may not be used: {en}{f'; and {more} more' if more > 0 else ''}",
        place=f"{first.place}[{first.start}]",
    )


def place_of(found: Finding, language: str) -> str:
    """ "正文第 3 字" / "the text, character 3"; answers are numbered from 1."""
    name, _, number = found.place.partition(".")
    zh, en = PLACES.get(name, (f"第 {int(number or 0) + 1} 条回答", f"answer {int(number or 0) + 1}"))
    at = found.start + 1
    return f"{zh}第 {at} 字" if language == "zh" else f"{en}, character {at}"
