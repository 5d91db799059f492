"""The audit trail: one row per user-visible write, in the transaction of the write."""

from collections.abc import Collection, Mapping

from potager.core import clock, store
from potager.org.access import Actor
from potager.org.models import AuditRow


def record(actor: Actor, action: str, subject: str, detail: Mapping[str, object] | None = None) -> None:
    """Write who did what to what. `action` is room.verb ("audience.freeze"), `subject` kind:key ("audience:vip")."""
    if not store.is_writing():
        raise RuntimeError("audit.record belongs inside the store.write of the act")
    AuditRow.objects.create(
        at=clock.wall(), actor=actor.login, action=action, subject=subject, detail=dict(detail or {})
    )


def forget_values(cids: Collection[int]) -> None:
    """Take what was said of erased customers out of the trail; who did what to whom, and when, stays."""
    for row in AuditRow.objects.filter(detail__customer__in=list(cids), detail__has_key="value"):
        row.detail = {key: value for key, value in row.detail.items() if key != "value"}
        row.save(update_fields=["detail"])
