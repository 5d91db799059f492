"""Every read of scripts, personas, questions and folders."""

from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from potager.content.models import Faq, Folder, Persona, Script, ScriptVersion, State
from potager.core import clock
from potager.core.errors import NotFound
from potager.org.access import Actor

VERSIONS = Prefetch("versions", ScriptVersion.objects.order_by("kind", "-n"))
_BESIDE = ("stage", "psychology", "product", "persona")


def state_on(row: ScriptVersion, day: date) -> State:
    """Where a version stands on a business day: published, it is expired after its last day."""
    if row.state == State.PUBLISHED and row.expires_on is not None and row.expires_on < day:
        return State.EXPIRED
    return State(row.state)


def usable(day: date) -> QuerySet[ScriptVersion]:
    """Versions that may be said on a business day."""
    return ScriptVersion.objects.filter(Q(expires_on=None) | Q(expires_on__gte=day), state=State.PUBLISHED)


def visible_to(actor: Actor) -> QuerySet[Script]:
    """Staff know the scripts they may use; the others know all."""
    rows = Script.objects.select_related(*_BESIDE).prefetch_related(VERSIONS)
    return rows if actor.sees_all else rows.filter(id__in=usable(clock.today()).values("script_id"))


def scripts(
    actor: Actor,
    *,
    stage: str = "",
    psychology: str = "",
    product: str = "",
    persona: str = "",
    state: str = "",
) -> QuerySet[Script]:
    """Scripts an actor knows, the last changed first.

    stage, psychology, product, persona  keys
    state  scripts with a version that stands so today
    """
    rows = visible_to(actor)
    wanted = {"stage": stage, "psychology": psychology, "product": product, "persona": persona}
    rows = rows.filter(**{f"{name}__key": key for name, key in wanted.items() if key})
    if state:
        rows = rows.filter(id__in=_standing(state).values("script_id"))
    return rows.order_by("-changed_at", "-id")


def script(actor: Actor, key: str) -> Script:
    """Raises NotFound where there is none, or none the actor may use."""
    row = visible_to(actor).filter(key=key).first()
    if row is None:
        raise NotFound("话术", "script", key)
    return row


def version(version_id: int) -> ScriptVersion:
    """A version, held until the transaction ends. Raises NotFound."""
    row = ScriptVersion.objects.select_for_update(of=("self",)).select_related("script").filter(id=version_id).first()
    if row is None:
        raise NotFound("话术版本", "version of a script", version_id)
    return row


def folders() -> QuerySet[Folder]:
    """Every axis in its order."""
    return Folder.objects.order_by("axis", "position", "key")


def folder_sizes(actor: Actor) -> dict[int, int]:
    """Folder → how many scripts the actor knows in it."""
    found: dict[int, int] = {}
    for axis in ("stage", "psychology", "product"):
        rows = (
            visible_to(actor).order_by().values_list(axis).annotate(n=Count("id")).filter(**{f"{axis}__isnull": False})
        )
        found |= dict(rows)
    return found


def folder(key: str) -> Folder:
    """Raises NotFound."""
    row = Folder.objects.filter(key=key).first()
    if row is None:
        raise NotFound("文件夹", "folder", key)
    return row


def personas() -> QuerySet[Persona]:
    """Personas with their staff and `script_count`."""
    return (
        Persona.objects.annotate(script_count=Count("scripts", distinct=True)).prefetch_related("staff").order_by("key")
    )


def persona(key: str) -> Persona:
    """Raises NotFound."""
    row = personas().filter(key=key).first()
    if row is None:
        raise NotFound("人设", "persona", key)
    return row


def faqs() -> QuerySet[Faq]:
    """Questions, the last changed first."""
    return Faq.objects.order_by("-changed_at", "-id")


def faq(key: str) -> Faq:
    """Raises NotFound."""
    row = Faq.objects.filter(key=key).first()
    if row is None:
        raise NotFound("疑问", "question", key)
    return row


def _standing(state: str) -> QuerySet[ScriptVersion]:
    today = clock.today()
    match state:
        case State.PUBLISHED:
            return usable(today)
        case State.EXPIRED:
            past = Q(state=State.PUBLISHED, expires_on__lt=today)
            return ScriptVersion.objects.filter(Q(state=State.EXPIRED) | past)
        case _:
            return ScriptVersion.objects.filter(state=state)
