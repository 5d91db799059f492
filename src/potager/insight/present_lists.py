"""Uploaded lists as pages and the command line show them."""

from django.db.models import Count, Max

from potager.core.errors import NotFound
from potager.insight import present
from potager.insight.fields import Fields
from potager.insight.list_schemas import ListOut
from potager.insight.models import ListUpload, UploadedList
from potager.org import queries as org


def uploaded_list(key: str) -> UploadedList:
    """Raises NotFound."""
    row = UploadedList.objects.filter(key=key).first()
    if row is None:
        raise NotFound("名单", "list", key)
    return row


def newest(row: UploadedList) -> ListUpload:
    """The file a list is told by now."""
    return ListUpload.objects.filter(of_list=row).defer("members").order_by("-at", "-id")[0]


def list_list(fields: Fields, language: str) -> list[ListOut]:
    """Every list, the one uploaded last first."""
    used = present.uses(fields)
    rows = UploadedList.objects.annotate(files=Count("uploads"), newest=Max("uploads__id"))
    uploads = ListUpload.objects.defer("members", "misses").in_bulk([row.newest for row in rows])
    found = [
        ListOut(
            **present.names(row.key, row.name_zh, row.name_en),
            note=row.note,
            n=(upload := uploads[row.newest]).n,
            missing=upload.missing,
            doubled=upload.doubled,
            kind=upload.kind,
            file_name=upload.file_name,
            uploaded_at=upload.at,
            by=org.name_of(upload.by),
            uploads=row.files,
            used_by=present.users_of(used.get(f"list:{row.key}", []), fields, language),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (-each.uploaded_at.timestamp(), each.key))
