"""The question library: what customers ask, and which answers may be given."""

from potager.content import checking, search
from potager.content.models import Faq
from potager.content.queries import faq
from potager.content.specs import FaqSpec
from potager.core import clock
from potager.org import audit
from potager.org.access import Actor, require_write


def save(actor: Actor, spec: FaqSpec) -> Faq:
    """Create or change a question; it may be answered from at once.

    Raises Problem("content.sensitive") where an answer holds a blocking word.
    """
    require_write(actor)
    checking.refuse_blocking({f"answers.{n}": answer for n, answer in enumerate(spec.answers)})
    told = {**spec.model_dump(exclude={"key"}), "changed_at": clock.now(), "changed_by": actor.login}
    row, created = Faq.objects.update_or_create(key=spec.key, defaults=told)
    search.put("faq", row.id, f"{row.question} {' '.join(row.keywords)}", " ".join(row.answers))
    audit.record(actor, "faq.create" if created else "faq.change", f"faq:{row.key}")
    return row


def remove(actor: Actor, key: str) -> None:
    """Raises NotFound."""
    require_write(actor)
    row = faq(key)
    search.drop("faq", [row.id])
    row.delete()
    audit.record(actor, "faq.remove", f"faq:{key}")
