"""人设: made, changed, removed."""

from potager.content.models import Persona
from potager.content.queries import persona
from potager.content.specs import PersonaSpec
from potager.core.errors import Conflict, Problem
from potager.org import audit
from potager.org.access import Actor, require_write
from potager.org.models import Staff


def save(actor: Actor, spec: PersonaSpec) -> Persona:
    """Create or change a persona.

    Raises Problem("persona.staff") for somebody who does not work here.
    """
    require_write(actor)
    staff = {row.key: row for row in Staff.objects.filter(key__in=spec.staff)}
    if missing := [key for key in spec.staff if key not in staff]:
        raise Problem(
            "persona.staff",
            zh=f"没有员工「{missing[0]}」：请从员工名单里选",
            en=f"There is no staff member “{missing[0]}”: choose from the staff list",
            place="staff",
        )
    row, created = Persona.objects.update_or_create(key=spec.key, defaults=spec.model_dump(exclude={"key", "staff"}))
    row.staff.set(staff.values())
    audit.record(actor, "persona.create" if created else "persona.change", f"persona:{row.key}")
    return row


def remove(actor: Actor, key: str) -> None:
    """Remove a persona no script speaks through.

    Raises NotFound, or Conflict("persona.used") naming a script.
    """
    require_write(actor)
    row = persona(key)
    script = row.scripts.order_by("id").first()
    if script is not None:
        raise Conflict(
            "persona.used",
            zh=f"话术「{script.title}」还在用这个人设：先给它换一个",
            en=f"The script “{script.title}” speaks through it: give it another persona first",
            place="key",
        )
    row.delete()
    audit.record(actor, "persona.remove", f"persona:{key}")
