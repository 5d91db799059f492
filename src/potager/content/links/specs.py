"""Links as they are written."""

from datetime import date
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from potager.content.specs import KEY
from potager.core.errors import Problem

KindName = Literal["url", "page"]


class TagGiven(BaseModel):
    """A tag given by hand, with its value where it has values."""

    model_config = ConfigDict(extra="forbid")

    tag: str = Field(min_length=1, max_length=64)
    value: str | None = Field(None, max_length=200)


class LinkSpec(BaseModel):
    """A link: `target` for kind url, `body` for kind page; days are business days, both included."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    key: str = Field(pattern=KEY)
    kind: KindName
    title: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    target: str = Field("", max_length=2000)
    body: str = Field("", max_length=20_000)
    tags: list[TagGiven] = Field(default_factory=list, max_length=10)
    task: str = Field("", max_length=200)
    from_day: date | None = None
    until_day: date | None = None

    @model_validator(mode="after")
    def _only_what_its_kind_has(self) -> Self:
        if self.kind == "url":
            self.body = ""
        else:
            self.target = ""
        return self


def refuse_target(target: str) -> None:
    """Raises Problem("link.target") for anything but an http or https address of some host, written out."""
    try:
        url = urlsplit(target)
        sound = url.scheme in {"http", "https"} and bool(url.hostname) and "@" not in url.netloc and url.port != 0
    except ValueError:
        sound = False
    if not sound or "\\" in target or any(ord(each) <= ord(" ") or ord(each) == 0x7F for each in target):
        raise Problem(
            "link.target",
            zh="网址要以 http:// 或 https:// 开头，写全域名，不含空格和账号，例如 https://shop.example.com/spring",
            en="The address begins with http:// or https:// and names a host, without spaces or an account,"
            " such as https://shop.example.com/spring",
            place="target",
        )
