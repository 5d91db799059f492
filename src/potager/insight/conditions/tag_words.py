"""A tag in words, whether one has it by hand or by rule."""

from potager.insight.conditions.base import Words
from potager.insight.conditions.ops import Test, said_of


def say_tag(key: str, test: Test | None, words: Words, *, negated: bool) -> str:
    """ "有标签「价格敏感」", "标签「肤质」是 干性"."""
    tag = words.fields.tags.get(key)
    name = tag.label(words.language) if tag else key
    if test is None:
        has = ("没有标签" if negated else "有标签") if words.zh else ("without tag" if negated else "with tag")
        return words.pick(f"{has}「{name}」", f"{has} “{name}”")
    named = test.named(tag.labels, words.language) if tag else test
    said = said_of(words.pick(f"标签「{name}」", f"tag “{name}”"), named, words.language)
    return words.pick(f"并非（{said}）", f"not ({said})") if negated else said
