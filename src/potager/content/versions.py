"""The life of a wording: draft → in review → published → expired. What was submitted never changes."""

from django.db.models import Max

from potager.content import checking, profile, scripts
from potager.content.links import personal as links
from potager.content.models import Kind, Script, ScriptVersion, State
from potager.content.queries import version as held
from potager.content.render import check as check_variables
from potager.content.specs import DraftSpec
from potager.content.surveys import personal as surveys
from potager.core import clock
from potager.core.errors import Conflict, Forbidden, Problem
from potager.org import audit
from potager.org.access import Actor, require_write
from potager.org.models import Account, Role

_OPEN = (State.DRAFT, State.IN_REVIEW)


def save_draft(actor: Actor, script: Script, kind: Kind, spec: DraftSpec) -> ScriptVersion:
    """Write the draft of this kind; without one, begin the next version.

    Raises Conflict("version.in_review") while one waits for its review.
    """
    require_write(actor)
    written = {
        "texts": spec.of(kind),
        "expires_on": spec.expires_on,
        "written_by": actor.login,
        "written_at": clock.now(),
    }
    row = ScriptVersion.objects.select_for_update().filter(script=script, kind=kind, state__in=_OPEN).first()
    if row is None:
        last = script.versions.filter(kind=kind).aggregate(last=Max("n"))["last"]
        row = ScriptVersion.objects.create(script=script, kind=kind, n=(last or 0) + 1, **written)
    elif row.state == State.IN_REVIEW:
        raise Conflict(
            "version.in_review",
            zh="这一版正在审核：先退回，再修改",
            en="This version is in review: give it back before changing it",
            place="texts",
        )
    else:
        for name, value in written.items():
            setattr(row, name, value)
        row.save(update_fields=list(written))
    _touch(script)
    audit.record(actor, "script.write", f"script:{script.key}", _named(row))
    return row


def submit(actor: Actor, version_id: int) -> ScriptVersion:
    """Ask for the review of a draft.

    Raises Problem for a text that is missing, a variable nobody can fill, a blocking word or a day that has passed.
    """
    require_write(actor)
    row = _of(version_id, State.DRAFT)
    refuse_unfit(row)
    row.state, row.submitted_by, row.remark = State.IN_REVIEW, actor.login, ""
    return _moved(actor, row, "script.submit")


def give_back(actor: Actor, version_id: int, remark: str = "") -> ScriptVersion:
    """Let a version in review be a draft again, with what should change."""
    require_write(actor)
    row = _of(version_id, State.IN_REVIEW)
    row.state, row.remark, row.reviewed_by = State.DRAFT, remark, actor.login
    return _moved(actor, row, "script.give_back")


def publish(actor: Actor, version_id: int) -> ScriptVersion:
    """Let everybody use a version in review; the one before it expires.

    Where more than one account may write, somebody else than who submitted it publishes: Forbidden. Raises the
    refusals of `submit` too: words may have been added since.
    """
    require_write(actor)
    row = _of(version_id, State.IN_REVIEW)
    if row.submitted_by == actor.login and needs_another():
        raise Forbidden(
            zh="请另一位经理或所有者审核：自己提交的话术不能自己发布",
            en="Another manager or owner reviews it: nobody publishes what they submitted",
        )
    refuse_unfit(row)
    before = row.script.versions.select_for_update().filter(kind=row.kind, state=State.PUBLISHED)
    before.update(state=State.EXPIRED, ended_at=clock.now())
    row.state, row.reviewed_by, row.published_at = State.PUBLISHED, actor.login, clock.now()
    return _moved(actor, row, "script.publish")


def withdraw(actor: Actor, version_id: int) -> ScriptVersion:
    """Let nobody use a published version any more."""
    require_write(actor)
    row = _of(version_id, State.PUBLISHED)
    row.state, row.ended_at = State.EXPIRED, clock.now()
    return _moved(actor, row, "script.withdraw")


def needs_another() -> bool:
    """Whether a house is large enough that a second person reviews: more than one account may write."""
    return Account.objects.filter(role__in=[Role.OWNER, Role.MANAGER], is_active=True).count() > 1


def refuse_unfit(row: ScriptVersion) -> None:
    """Raises Problem naming the first thing that keeps a version from being published."""
    known = [name for each in profile.variables() for name in (each.key, each.zh)]
    for place, text in row.texts.items():
        if not text:
            zh, en = checking.PLACES[place]
            raise Problem("version.empty", zh=f"{zh}还没有写", en=f"{en} is not written yet", place=place)
        check_variables(text, known, place)
        links.check(text, place)
        surveys.check(text, place)
    if row.expires_on is not None and row.expires_on < clock.today():
        raise Problem(
            "version.expired",
            zh="有效期已经过去：改晚一些，或留空",
            en="Its last day has passed: choose a later one or none",
            place="expires_on",
        )
    checking.refuse_blocking(row.texts, row.script.persona)


def _of(version_id: int, state: State) -> ScriptVersion:
    row = held(version_id)
    if row.state != state:
        raise Conflict(
            "version.state",
            zh=f"这一版现在是「{State(row.state).label}」，不是「{state.label}」：请刷新后再看",
            en=f"This version is “{row.state}” now, not “{state.value}”: read it again",
        )
    return row


def _moved(actor: Actor, row: ScriptVersion, action: str) -> ScriptVersion:
    row.save()
    _touch(row.script)
    audit.record(actor, action, f"script:{row.script.key}", _named(row))
    return row


def _touch(script: Script) -> None:
    script.changed_at = clock.now()
    script.save(update_fields=["changed_at"])
    scripts.index(script)


def _named(row: ScriptVersion) -> dict[str, object]:
    return {"kind": row.kind, "version": row.n}
