"""The house's own sensitive words, and its verdicts on the shipped ones."""

from potager.content.models import HouseWord
from potager.content.specs import WordSpec
from potager.core.errors import NotFound
from potager.org import audit
from potager.org.access import Actor, require_write


def save(actor: Actor, spec: WordSpec) -> HouseWord:
    """Say what a word does from now on; what is published already stays."""
    require_write(actor)
    row, _ = HouseWord.objects.update_or_create(word=spec.word, defaults=spec.model_dump(exclude={"word"}))
    audit.record(actor, "word.save", f"word:{spec.word}", {"level": spec.level})
    return row


def remove(actor: Actor, word: str) -> None:
    """Take back what the house said of a word; a shipped one does what it was shipped to do. Raises NotFound."""
    require_write(actor)
    done, _ = HouseWord.objects.filter(word=word).delete()
    if not done:
        raise NotFound("敏感词", "sensitive word of the house", word)
    audit.record(actor, "word.remove", f"word:{word}")
