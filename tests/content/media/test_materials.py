"""The material library over HTTP: what bytes become, what is refused in which words, who may."""

import hashlib
import shutil

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from potager.content.media import files, sniff
from potager.content.media.models import Material
from potager.core.settings import environment
from potager.org.models import AuditRow, Role
from tests.content.conftest import client_of, send

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
MP4 = b"\0\0\0\x18ftypisom" + b"\0" * 20


@pytest.fixture
def owner(house):
    shutil.rmtree(environment().home / "materials", ignore_errors=True)
    return client_of(Role.OWNER)


def upload(client, name: str, data: bytes, mime: str = "text/html"):
    return client.post("/api/content/materials", {"file": SimpleUploadedFile(name, data, mime)})


def kept() -> list[str]:
    return sorted(path.name for path in (environment().home / "materials").rglob("*") if path.is_file())


def test_a_material_is_uploaded_found_filed_and_removed(owner):
    made = upload(owner, "海报.png", PNG)
    assert made.status_code == 201, made.content
    one = made.json()
    assert {key: one[key] for key in ("kind", "mime", "size", "name", "folder", "tags", "added_by")} == {
        "kind": "image", "mime": "image/png", "size": 28, "name": "海报.png", "folder": "", "tags": [],
        "added_by": "owner",
    }  # fmt: skip
    upload(owner, "介绍.mp4", MP4)
    body = {"name": "春季海报.png", "folder": "春季", "tags": ["新品", "新品", "主推"]}
    filed = send(owner, "put", f"/materials/{one['id']}", body).json()
    assert (filed["name"], filed["folder"], filed["tags"]) == ("春季海报.png", "春季", ["新品", "主推"])
    page = send(owner, "get", "/materials?folder=").json()
    assert ([row["name"] for row in page["items"]], page["total"], page["folders"]) == (["介绍.mp4"], 1, ["春季"])
    assert [row["id"] for row in send(owner, "get", "/materials?kind=image").json()["items"]] == [one["id"]]
    assert [row["id"] for row in send(owner, "get", "/materials?search=春季").json()["items"]] == [one["id"]]
    assert send(owner, "delete", f"/materials/{one['id']}").status_code == 204
    assert kept() == [hashlib.sha256(MP4).hexdigest()]
    acts = AuditRow.objects.filter(subject=f"material:{one['id']}").order_by("id").values_list("action", flat=True)
    assert list(acts) == ["material.add", "material.describe", "material.remove"]


def test_the_same_content_is_one_material_and_brings_a_lost_file_back(owner):
    first = upload(owner, "a.png", PNG).json()
    files.path_of(hashlib.sha256(PNG).hexdigest()).unlink()
    gone = owner.get(f"/api/content/materials/{first['id']}/file")
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    assert upload(owner, "b.png", PNG).json() == first
    assert Material.objects.count() == 1
    assert kept() == [hashlib.sha256(PNG).hexdigest()]


def test_only_pictures_open_in_the_browser(owner):
    picture, page = (
        upload(owner, "a.html", PNG).json(),
        upload(owner, "b.png", b"<script>1</script>", "image/png").json(),
    )
    shown = owner.get(f"/api/content/materials/{picture['id']}/file")
    saved = owner.get(f"/api/content/materials/{page['id']}/file")
    assert (b"".join(shown), shown["Content-Type"]) == (PNG, "image/png")
    assert shown["Content-Disposition"].startswith("inline")
    assert (saved["Content-Type"], page["kind"]) == ("application/octet-stream", "file")
    assert saved["Content-Disposition"].startswith("attachment")
    assert saved["X-Content-Type-Options"] == "nosniff"
    b"".join(saved)


@pytest.mark.parametrize(
    ("head", "size", "code", "words"),
    [
        (b"", 5, "material.small", "文件是空的或不足 6 个字节，企业微信不收：请换一个文件"),
        (PNG, 10 * sniff.MB + 1, "material.large", "图片超过 10 MB，企业微信不收：请压缩后再上传"),
        (MP4, 10 * sniff.MB + 1, "material.large", "视频超过 10 MB，企业微信不收：请压缩后再上传"),
        (b"%PDF-", 20 * sniff.MB + 1, "material.large", "文件超过 20 MB，企业微信不收：请压缩后再上传"),
    ],
)
def test_what_the_platform_does_not_take_is_refused_and_leaves_nothing(owner, head, size, code, words):
    refused = upload(owner, "x", head.ljust(size, b"\0"))
    assert (refused.status_code, refused.json()["code"], refused.json()["message"]) == (422, code, words)
    assert (Material.objects.count(), kept()) == (0, [])


def test_exactly_the_limit_is_taken(owner):
    assert upload(owner, "x.png", PNG.ljust(10 * sniff.MB, b"\0")).json()["size"] == 10 * sniff.MB
    assert upload(owner, "x", b"123456").json()["kind"] == "file"


def test_quicktime_and_pictures_of_phones_are_files():
    assert [sniff.form_of(b"\0\0\0\x18ftyp" + brand).kind for brand in (b"qt  ", b"heic", b"mp42")] == [
        "file", "file", "video",
    ]  # fmt: skip
    assert sniff.form_of(b"\xff\xd8\xff\xe0") == sniff.Form("image", "image/jpeg")


def test_a_long_name_keeps_its_ending(owner):
    name = upload(owner, "长" * 130 + ".png", PNG).json()["name"]
    assert (len(name), name[-5:]) == (120, "长.png")


def test_readers_look_and_do_not_change(owner):
    one = upload(owner, "a.png", PNG).json()
    reader = client_of(Role.READ_ONLY)
    assert send(reader, "get", "/materials").json()["total"] == 1
    tried = [
        upload(reader, "b.png", MP4),
        send(reader, "put", f"/materials/{one['id']}", {"name": "b"}),
        send(reader, "delete", f"/materials/{one['id']}"),
    ]
    assert [answer.status_code for answer in tried] == [403, 403, 403]
    assert (Material.objects.get().name, kept()) == ("a.png", [hashlib.sha256(PNG).hexdigest()])
