"""Where personal links live: tokens nobody can guess, under the address customers reach this house at."""

import re
import secrets
from typing import Final
from urllib.parse import urlsplit

from potager.content.links.models import Kind
from potager.core import choices
from potager.core.errors import Problem
from potager.core.settings import environment
from potager.org import audit
from potager.org.access import Actor, require_owner

BASE_SETTING: Final = "content.links.base"
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# 12 of 62: 71 bits. At a thousand guesses a second, which no house answers, it takes tens of thousands of years to hit
# one of a million links.
_LENGTH: Final = 12
TOKEN: Final = re.compile(rf"[0-9A-Za-z]{{{_LENGTH}}}")
# What stands in a message nobody gets: it opens nothing.
NOBODY: Final = "…"
SURVEY: Final = "survey"
# The letter behind which each kind lives; customers never get to the console by any of them.
_PATHS: Final = {Kind.URL: "r", Kind.PAGE: "c", SURVEY: "q"}


def new_token() -> str:
    """71 bits by the system's source of secrets, in letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def default_base() -> str:
    """The address of the house: the first host it was told to answer to, else this machine."""
    own = [host for host in environment().allowed_hosts if host not in {"127.0.0.1", "localhost", "[::1]"}]
    return f"https://{own[0].removeprefix('.')}" if own else "http://127.0.0.1:8000"


def base() -> str:
    """What personal links begin with, without a slash at the end."""
    return str(choices.get(BASE_SETTING, "")) or default_base()


def url_of(base_: str, kind: str, token: str) -> str:
    """The address of a personal link, or of a survey."""
    return f"{base_}/{_PATHS[kind]}/{token}"


def put_base(actor: Actor, written: str) -> None:
    """Set what personal links begin with; "" is the address of the house. Links made before keep theirs.

    Raises Problem("link.base") for what is no address, or one of a host at which this house does not answer.
    """
    require_owner(actor)
    before, after = base(), written.strip().rstrip("/")
    if after:
        _refuse_base(after)
    choices.put(BASE_SETTING, after)
    audit.record(actor, "link.base", f"setting:{BASE_SETTING}", {"from": before, "to": base()})


def _refuse_base(written: str) -> None:
    try:
        url = urlsplit(written)
        host, port = url.hostname or "", url.port
    except ValueError:
        host, port, url = "", None, urlsplit("")
    plain = f"{url.scheme}://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"
    if url.scheme not in {"http", "https"} or not host or written.lower() != plain:
        raise Problem(
            "link.base",
            zh="短链地址只写协议和域名，例如 https://go.example.com",
            en="Write the scheme and the host alone, such as https://go.example.com",
            place="base",
        )
    known = environment().allowed_hosts
    if not any(host in {each, each.strip("[]")} or (each[:1] == "." and host.endswith(each)) for each in known):
        raise Problem(
            "link.base",
            zh=f"这个系统不在 {host} 上应答：请把它加进 POTAGER_HOSTS 并重启，再设为短链地址",
            en=f"This house does not answer at {host}: add it to POTAGER_HOSTS, restart, and set it then",
            place="base",
        )
