"""The survey as customers meet it: one page, one form, nothing loaded from elsewhere and no script. Pure.

Questions that depend on others hide by style where the browser knows `:has`; where it does not they stand there and say
when to answer them. What was not to be asked is no answer either way.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from potager.content.links.html import page_of
from potager.content.surveys.specs import CHOSEN, POINTS, SurveyQuestion, SurveySpec

Notice = Literal["unknown", "early", "over", "busy", "colleague"]
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
# What the answer to a question is called in the form.
FIELD: Final = "a_"

_NOTICES: Final[Mapping[Notice, tuple[str, str]]] = {
    "unknown": ("没有找到这份问卷", "可能少复制了几个字。请回到聊天里重新点一次，或请发给您的人再发一次。"),
    "early": ("问卷还没有开始", "请过几天再打开。"),
    "over": ("问卷已经结束", "谢谢您愿意告诉我们。想说的话，可以直接发给联系您的人。"),
    "busy": ("打开得太频繁了", "请过一分钟再试。"),
    "colleague": (
        "这里只收客户的回答",
        "您在这个浏览器里登录了后台，不能代客户作答。请用客户的手机打开，或先退出登录。",
    ),
}
_STYLE: Final = """
form > section { border-top: 1px solid color-mix(in srgb, var(--soft) 30%, transparent); padding: 20px 0 }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0 }
legend, .ask { font-weight: 600; padding: 0; margin: 0 0 8px; display: block }
.help, .when { color: var(--soft); font-size: 15px; margin: 0 0 8px }
.fault { color: #b3261e; font-size: 15px; margin: 0 0 8px }
@media (prefers-color-scheme: dark) { .fault { color: #ffb4ab } }
label.choice { display: flex; gap: 12px; align-items: center; min-height: 48px; padding: 4px 0 }
label.choice input { width: 22px; height: 22px; flex: none; accent-color: #3f7a4a }
.points { display: grid; grid-template-columns: repeat(auto-fit, minmax(48px, 1fr)); gap: 6px }
.points label { position: relative; border: 1px solid var(--soft); border-radius: 8px; min-height: 48px;
  display: grid; place-items: center }
.points input { position: absolute; inset: 0; margin: 0; opacity: 0; width: 100%; height: 100% }
.points input:checked + span { background: #3f7a4a; color: #fff }
.points input:focus-visible + span { outline: 3px solid #7bb287 }
.points span { display: grid; place-items: center; width: 100%; height: 100%; border-radius: 7px }
.ends { display: flex; justify-content: space-between; color: var(--soft); font-size: 14px }
input[type=text], input[type=tel], input[type=date], textarea { width: 100%; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--soft); border-radius: 8px; padding: 10px 12px; min-height: 48px }
button { width: 100%; min-height: 52px; border: 0; border-radius: 10px; background: #3f7a4a; color: #fff; font: inherit;
  font-weight: 600 }
.gift { border: 1px dashed var(--soft); border-radius: 10px; padding: 16px }
"""


def form(
    spec: SurveySpec,
    version: int,
    slip: str = "",
    *,
    filled: Mapping[str, Sequence[str]] | None = None,
    faults: Mapping[str, str] | None = None,
    is_preview: bool = False,
) -> str:
    """The questions; after a try that missed something, with what was filled in and what to put right."""
    filled, faults = filled or {}, faults or {}
    asked = {question.key: question for question in spec.questions}
    sections = format_html_join(
        "\n",
        "{}",
        ((_section(each, asked, filled.get(each.key, ()), faults.get(each.key, "")),) for each in spec.questions),
    )
    intro = format_html("<p>{}</p>", spec.intro) if spec.intro else ""
    alert = (
        format_html('<p class="fault" role="alert">还有 {} 道题要看一下，已用红字标出。</p>', len(faults))
        if faults
        else ""
    )
    body = format_html(
        '<main><h1>{}</h1>{}{}<form method="post" novalidate>'
        '<input type="hidden" name="v" value="{}"><input type="hidden" name="slip" value="{}">'
        '{}<p></p><button type="submit"{}>提交</button></form></main>',
        spec.title,
        intro,
        alert,
        version,
        slip,
        sections,
        mark_safe(" disabled") if is_preview else "",
    )
    return page_of(spec.title, body, _STYLE + _hiding(spec))


def thanks(spec: SurveySpec) -> str:
    """What stands there once it is answered."""
    gift = format_html('<p class="gift">{}</p>', spec.incentive.text) if spec.incentive else ""
    text = spec.thanks or "我们已经收到您的回答。"
    body = format_html('<main class="notice"><h1>谢谢您</h1><p>{}</p>{}</main>', text, gift)
    return page_of(spec.title, body, _STYLE)


def notice(kind: Notice) -> str:
    """What a reader is told where there is nothing to answer."""
    title, text = _NOTICES[kind]
    return page_of(title, format_html('<main class="notice"><h1>{}</h1><p>{}</p></main>', title, text))


def _hiding(spec: SurveySpec) -> str:
    """Keys are letters, digits and nothing else: they can stand in a style."""
    rules = []
    values = {question.key: question.values for question in spec.questions}
    for question in spec.questions:
        shown = question.show_if
        chosen = [each for each in shown.any if each in values.get(shown.question, ())] if shown else []
        if shown is None or not chosen:
            continue
        checked = ", ".join(f"[name={FIELD}{shown.question}][value='{each}']:checked" for each in chosen)
        here = f"#s_{question.key}"
        rules.append(f"form:not(:has({checked})) {here} {{ display: none }} {here} .when {{ display: none }}")
    return f"@supports selector(:has(*)) {{ {' '.join(rules)} }}" if rules else ""


def _section(
    question: SurveyQuestion, asked: Mapping[str, SurveyQuestion], filled: Sequence[str], fault: str
) -> SafeString:
    name = format_html(
        "{}{}",
        question.label,
        mark_safe(' <span class="help">（选填）</span>') if question.optional else "",
    )
    notes = format_html_join(
        "",
        '<p class="{}">{}</p>',
        (
            (kind, text)
            for kind, text in (("when", _when(question, asked)), ("help", question.help), ("fault", fault))
            if text
        ),
    )
    field = FIELD + question.key
    if question.values:
        inner = format_html(
            "<fieldset><legend>{}</legend>{}{}</fieldset>", name, notes, _choices(question, field, filled)
        )
    else:
        inner = format_html(
            '<label class="ask" for="{}">{}</label>{}{}', field, name, notes, _input(question, field, filled)
        )
    return format_html('<section id="s_{}">{}</section>', question.key, inner)


def _when(question: SurveyQuestion, asked: Mapping[str, SurveyQuestion]) -> str:
    shown = question.show_if
    if shown is None or shown.question not in asked:
        return ""
    before = asked[shown.question]
    labels: dict[Any, str] = {option.key: option.label for option in before.options}
    return f"「{before.label}」答了{'、'.join(labels.get(each, str(each)) for each in shown.any)}，再答这一题"


def _choices(question: SurveyQuestion, field: str, filled: Sequence[str]) -> SafeString:
    kind = "checkbox" if question.kind == "multiple" else "radio"
    checked = mark_safe(" checked")
    if question.kind in CHOSEN:
        return format_html_join(
            "",
            '<label class="choice"><input type="{}" name="{}" value="{}"{}>{}</label>',
            ((kind, field, each.key, checked if each.key in filled else "", each.label) for each in question.options),
        )
    star = "★" if question.kind == "stars" else ""
    points = format_html_join(
        "",
        '<label><input type="radio" name="{}" value="{}"{}><span>{}{}</span></label>',
        ((field, each, checked if str(each) in filled else "", each, star) for each in POINTS[question.kind]),
    )
    ends = format_html('<div class="ends"><span>{}</span><span>{}</span></div>', question.low, question.high)
    return format_html('<div class="points">{}</div>{}', points, ends if question.low or question.high else "")


def _input(question: SurveyQuestion, field: str, filled: Sequence[str]) -> SafeString:
    value = filled[0] if filled else ""
    if question.kind == "text":
        return format_html('<textarea id="{}" name="{}" rows="3" maxlength="1000">{}</textarea>', field, field, value)
    type_, mode = {"number": ("text", "decimal"), "date": ("date", "none"), "phone": ("tel", "tel")}[question.kind]
    return format_html(
        '<input id="{}" name="{}" type="{}" inputmode="{}" value="{}" maxlength="40">', field, field, type_, mode, value
    )
