"""The pages customers meet, as text: small, without anything loaded from elsewhere. Pure."""

import base64
import hashlib
import re
from typing import Final, Literal

from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Notice = Literal["unknown", "early", "over", "busy"]

_NOTICES: Final[dict[str, tuple[str, str]]] = {
    "unknown": ("没有找到这个链接", "可能少复制了几个字。请回到聊天里重新点一次，或请发给您的人再发一次。"),
    "early": ("活动还没有开始", "请过几天再打开这个链接。"),
    "over": ("这个链接已经过期", "内容已经下线。想了解最新的活动，请直接问发给您链接的人。"),
    "busy": ("打开得太频繁了", "请过一分钟再试。"),
}
# Counts the seconds the page is in sight, and says so when it leaves it and now and then before.
_SCRIPT: Final = """
(function () {
  var seen = 0, since = document.visibilityState === 'visible' ? Date.now() : 0, said = 0
  var page = document.getElementById('read')
  var to = page.dataset.to, visit = Number(page.dataset.visit)
  function seconds() { return Math.round((seen + (since ? Date.now() - since : 0)) / 1000) }
  function tell() {
    var now = seconds()
    if (now > said && navigator.sendBeacon(to, JSON.stringify({ visit: visit, seconds: now }))) said = now
  }
  document.addEventListener('visibilitychange', function () {
    if (document.visibilityState === 'visible') { since = Date.now(); return }
    if (since) { seen += Date.now() - since; since = 0 }
    tell()
  })
  window.addEventListener('pagehide', tell)
  ;[10, 30, 60, 120, 300, 600, 1200, 2400, 4800].forEach(function (at) { setTimeout(tell, at * 1000) })
})()
"""
_HASH: Final = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #23281f; --paper: #fbfaf5; --soft: #5f665a }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6dd; --paper: #1b1e19; --soft: #a5aa9e } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 18px/1.8 "Noto Sans SC", "PingFang SC",
  "Microsoft YaHei", sans-serif; overflow-wrap: anywhere }
main { max-width: 640px; margin: 0 auto; padding: 32px 20px 64px }
h1 { font-size: 26px; line-height: 1.4; margin: 0 0 20px }
p { margin: 0 0 1.1em; white-space: pre-line }
.notice { padding-top: 22vh; text-align: center }
.notice p { color: var(--soft) }
"""


def article(title: str, body: str, token: str, visit: int | None) -> str:
    """A text to read; with a visit it tells how long it was. Paragraphs are apart by an empty line."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", body.replace("\r\n", "\n")) if part.strip()]
    paragraphs = format_html_join("\n", "<p>{}</p>", ((part,) for part in parts))
    script = (
        format_html('<div id="read" data-to="/c/{}/read" data-visit="{}"></div><script>{}</script>', token, visit, _OWN)
        if visit is not None
        else ""
    )
    return page_of(title, format_html("<main><h1>{}</h1>\n{}</main>{}", title, paragraphs, script))


def notice(kind: Notice) -> str:
    """What a reader is told where there is nothing to open."""
    title, text = _NOTICES[kind]
    return page_of(title, format_html('<main class="notice"><h1>{}</h1><p>{}</p></main>', title, text))


def page_of(title: str, body: SafeString, style: str = "") -> str:
    """A whole page; style: what it needs beside the common."""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}{style}</style></head><body>{body}</body></html>"
    )


# Our own text, whose hash the policy names.
_OWN: Final = mark_safe(_SCRIPT)  # noqa: S308
