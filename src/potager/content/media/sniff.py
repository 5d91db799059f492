"""What bytes are, told from how they begin, and how large WeCom takes each kind."""

from dataclasses import dataclass
from typing import Final

from potager.content.media.models import Kind
from potager.core.errors import Problem

# How many first bytes `form_of` looks at.
HEAD: Final = 12
MB: Final = 1 << 20
MOST: Final = {Kind.IMAGE: 10 * MB, Kind.VIDEO: 10 * MB, Kind.FILE: 20 * MB}
# Every file must be larger than 5 bytes.
_LEAST: Final = 6
# Brands of the ISO container that are not MP4: QuickTime and the still pictures of phones.
_NOT_MP4: Final = frozenset({b"qt  ", b"heic", b"heix", b"mif1", b"msf1", b"avif", b"M4A "})


@dataclass(frozen=True, slots=True)
class Form:
    kind: Kind
    mime: str


def form_of(head: bytes) -> Form:
    """JPG and PNG are images, MP4 is a video, everything else a file."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Form(Kind.IMAGE, "image/png")
    if head.startswith(b"\xff\xd8\xff"):
        return Form(Kind.IMAGE, "image/jpeg")
    if head[4:8] == b"ftyp" and head[8:12] not in _NOT_MP4:
        return Form(Kind.VIDEO, "video/mp4")
    return Form(Kind.FILE, "application/octet-stream")


def refuse_unfit(kind: Kind, size: int) -> None:
    """Raises Problem("material.small") or Problem("material.large")."""
    if size < _LEAST:
        raise Problem(
            "material.small",
            zh="文件是空的或不足 6 个字节，企业微信不收：请换一个文件",
            en="The file has less than 6 bytes, which WeCom does not take: choose another",
            place="file",
        )
    if size > MOST[kind]:
        most = MOST[kind] // MB
        raise Problem(
            "material.large",
            zh=f"{kind.label}超过 {most} MB，企业微信不收：请压缩后再上传",
            en=f"WeCom takes no {kind.value} of more than {most} MB: compress it and upload it again",
            place="file",
        )
