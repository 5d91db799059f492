"""The tracking plan: which events there are, what they are called, and the types of their properties.

System events are part of the program; a house adds its own. An event nobody declared is accepted all the same,
remembered as unplanned (`note_unplanned`) and shown until someone names it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from potager.core.errors import Conflict, Problem
from potager.facts.models import EventDefinition, PropertyDefinition, PropertyKind
from potager.org import audit
from potager.org.access import Actor

_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
# Read by Python here and by the warehouse in facts.columns, so that both call the same texts numbers and times.
WHOLE = "[+-]?[0-9]{1,19}"
_LARGEST = 2**63 - 1
DECIMAL = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
DAY = "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
INSTANT = (
    "(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"
    "(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
)


@dataclass(frozen=True, slots=True)
class Property:
    key: str
    zh: str
    en: str
    kind: PropertyKind


@dataclass(frozen=True, slots=True)
class Event:
    """system: shipped with the program, cannot be renamed away; planned: someone has said what it is."""

    key: str
    zh: str
    en: str
    properties: tuple[Property, ...] = ()
    system: bool = False
    planned: bool = True


_T, _I, _M = PropertyKind.TEXT, PropertyKind.INTEGER, PropertyKind.MONEY
_JOURNEY = Property("journey", "旅程", "Journey", _T)
_STEP = Property("step", "步骤", "Step", _T)
_SENDER = Property("sender", "发送人", "Sender", _T)
_STAFF = Property("staff", "员工", "Staff", _T)
_SOURCE = Property("source", "渠道来源", "Source", _T)
_PRODUCT = Property("product", "商品", "Product", _T)
_TAG = (Property("tag", "标签", "Tag", _T), Property("value", "标签值", "Value", _T))
_AUDIENCE = (Property("audience", "人群", "Audience", _T), Property("spell", "第几次进入", "Spell", _I))
_TOUCH = (_JOURNEY, _STEP, _SENDER, Property("touch", "触达编号", "Touch", _I))
_GROUP = (Property("group_chat", "群聊", "Group chat", _T), Property("purpose", "群定位", "Purpose", _T))
_REASON = Property("reason", "原因", "Reason", _T)
_TASK = (_JOURNEY, _STEP, _STAFF)
_SURVEY = (
    Property("survey", "问卷", "Survey", _T),
    Property("survey_version", "问卷版本", "Version of the survey", _I),
    Property("touch", "触达编号", "Touch", _I),
    _JOURNEY,
    _SENDER,
)
_LINK = (Property("link", "链接", "Link", _T), Property("touch", "触达编号", "Touch", _I), _JOURNEY, _SENDER)


def _system(key: str, zh: str, en: str, *properties: Property) -> Event:
    return Event(key, zh, en, properties, system=True)


SYSTEM_EVENTS: Mapping[str, Event] = {
    event.key: event
    for event in (
        _system("order_paid", "支付订单", "Order paid"),
        _system("order_refunded", "订单退款", "Order refunded"),
        _system("friend_added", "添加好友", "Friend added", _STAFF, _SOURCE),
        _system("friend_lost", "删除好友", "Friend lost", _STAFF),
        _system("group_joined", "进群", "Group joined", *_GROUP, _STAFF, _SOURCE),
        _system("group_left", "退群", "Group left", *_GROUP),
        _system("code_scanned", "扫码", "Code scanned", _SOURCE),
        _system("product_viewed", "浏览商品", "Product viewed", _PRODUCT),
        _system("page_viewed", "浏览页面", "Page viewed", Property("name", "页面", "Page", _T)),
        _system("message_replied", "回复消息", "Message replied", _STAFF),
        _system("touch_sent", "已发送触达", "Touch sent", *_TOUCH),
        _system("touch_delivered", "触达送达", "Touch delivered", *_TOUCH),
        _system("touch_confirmed", "员工确认发送", "Touch confirmed by staff", *_TOUCH),
        _system("touch_failed", "触达失败", "Touch failed", *_TOUCH, _REASON),
        _system("touch_deferred", "触达推迟", "Touch deferred", *_TOUCH, _REASON),
        _system("touch_skipped", "触达跳过", "Touch skipped", *_TOUCH, _REASON),
        _system("touch_dropped", "触达放弃", "Touch dropped", *_TOUCH, _REASON),
        _system("touch_expired", "触达过期", "Touch expired", *_TOUCH, _REASON),
        _system("touch_cancelled", "触达取消", "Touch cancelled", *_TOUCH, _REASON),
        _system("touch_unknown", "触达状态不明", "Touch unknown", *_TOUCH, _REASON),
        _system("touch_read", "触达已读", "Touch read", *_TOUCH),
        _system("touch_clicked", "触达点击", "Touch clicked", *_TOUCH),
        _system("touch_replied", "触达回复", "Touch replied", *_TOUCH),
        _system("task_done", "任务完成", "Task done", *_TASK),
        _system("task_not_done", "任务未完成", "Task not done", *_TASK),
        _system("task_rejected", "任务被拒绝", "Task rejected", *_TASK),
        _system("task_expired", "任务过期", "Task expired", *_TASK),
        _system("tag_added", "打上标签", "Tag added", *_TAG),
        _system("tag_removed", "移除标签", "Tag removed", *_TAG),
        _system(
            "layer_changed",
            "分层变化",
            "Layer changed",
            Property("model", "分层模型", "Model", _T),
            Property("from", "原分层", "From", _T),
            Property("to", "新分层", "To", _T),
        ),
        _system("audience_entered", "进入人群", "Audience entered", *_AUDIENCE),
        _system("audience_left", "离开人群", "Audience left", *_AUDIENCE),
        _system("journey_entered", "进入旅程", "Journey entered", _JOURNEY),
        _system("journey_exited", "退出旅程", "Journey exited", _JOURNEY, _REASON),
        _system(
            "script_used",
            "使用话术",
            "Script used",
            Property("script", "话术", "Script", _T),
            Property("script_version", "话术版本编号", "Version of the script", _I),
            _STAFF,
        ),
        _system(
            "link_opened",
            "打开链接",
            "Link opened",
            *_LINK,
            Property("first", "首次打开", "First opening", PropertyKind.BOOL),
        ),
        _system("link_read", "阅读文章", "Page read", *_LINK, Property("seconds", "阅读秒数", "Seconds read", _I)),
        _system("survey_opened", "打开问卷", "Survey opened", *_SURVEY),
        _system(
            "survey_answered",
            "答完问卷",
            "Survey answered",
            *_SURVEY,
            Property("survey_score", "推荐分（0–10）", "Score (0–10)", _I),
            Property("incentive", "答卷礼", "Incentive", _T),
        ),
        _system("opted_out", "退订", "Opted out", Property("purpose", "用途", "Purpose", _T)),
    )
}


SYSTEM_PROPERTIES = frozenset(each.key for event in SYSTEM_EVENTS.values() for each in event.properties)


def events() -> dict[str, Event]:
    """Every event of the plan by key: the system's first, then the house's by key."""
    own: dict[str, list[Property]] = {}
    for row in PropertyDefinition.objects.order_by("key"):
        own.setdefault(row.event, []).append(Property(row.key, row.name_zh, row.name_en, PropertyKind(row.kind)))
    plan = {
        key: Event(key, event.zh, event.en, (*event.properties, *own.get(key, ())), system=True)
        for key, event in SYSTEM_EVENTS.items()
    }
    for definition in EventDefinition.objects.order_by("key"):
        key = definition.key
        names = (definition.name_zh or key, definition.name_en or key)
        plan[key] = Event(key, *names, tuple(own.get(key, ())), planned=definition.planned)
    return plan


def kinds() -> dict[str, PropertyKind]:
    """The kind of every typed property key: the warehouse has one column p_<key> for each."""
    found = {each.key: each.kind for event in SYSTEM_EVENTS.values() for each in event.properties}
    for key, kind in PropertyDefinition.objects.order_by("key").values_list("key", "kind"):
        found[key] = PropertyKind(kind)
    return found


def personal() -> frozenset[str]:
    """Property keys marked personal by some event: sealed wherever they come, before the journal."""
    return frozenset(PropertyDefinition.objects.filter(personal=True).values_list("key", flat=True))


def note_unplanned(keys: Iterable[str]) -> None:
    """Remember event keys that the plan does not have. Called by ingestion inside its write transaction."""
    unknown = {key for key in keys if key not in SYSTEM_EVENTS}
    if not unknown:
        return
    unknown -= set(EventDefinition.objects.filter(key__in=unknown).values_list("key", flat=True))
    EventDefinition.objects.bulk_create(
        [EventDefinition(key=key, planned=False) for key in sorted(unknown)], ignore_conflicts=True
    )


def define_event(actor: Actor, key: str, *, zh: str, en: str = "") -> None:
    """Add an event to the plan, or name and confirm an unplanned one."""
    if key in SYSTEM_EVENTS:
        raise Conflict(
            "plan.system",
            zh=f"「{key}」是系统事件，名称不能修改",
            en=f"“{key}” is a system event; its name is fixed",
            place="key",
        )
    if not key or len(key) > 100:
        raise Problem(
            "plan.key", zh="事件标识应为 1 到 100 个字符", en="An event key has 1 to 100 characters", place="key"
        )
    EventDefinition.objects.update_or_create(key=key, defaults={"name_zh": zh, "name_en": en, "planned": True})
    audit.record(actor, "plan.define_event", f"event:{key}", {"zh": zh, "en": en})


def define_property(
    actor: Actor, event: str, key: str, *, zh: str, kind: PropertyKind, en: str = "", personal: bool | None = None
) -> None:
    """Type a property of an event, or name it anew. The next load adds its column and fills it from what was kept.

    personal  None leaves it as it is; a new one is not
    """
    if not _KEY.fullmatch(key):
        raise Problem(
            "plan.property_key",
            zh=f"属性标识「{key}」应以小写字母开头，只含小写字母、数字和下划线",
            en=f"The property key “{key}” must start with a small letter and hold only a-z, 0-9 and _",
            place="key",
        )
    if event not in SYSTEM_EVENTS and not EventDefinition.objects.filter(key=event).exists():
        raise Problem(
            "plan.unknown_event",
            zh=f"埋点方案里没有事件「{event}」，请先添加",
            en=f"The tracking plan has no event “{event}”: add it first",
            place="event",
        )
    if (known := kinds().get(key)) not in {None, kind}:
        raise Conflict(
            "plan.kind",
            zh=f"属性「{key}」在别处已定为「{PropertyKind(known).label}」，同名属性只能有一种类型",
            en=f"The property “{key}” is “{known}” elsewhere; a property key has one kind in the whole house",
            place="kind",
        )
    said: dict[str, object] = {"name_zh": zh, "name_en": en, "kind": kind}
    if personal is not None:
        said["personal"] = personal
    row, _ = PropertyDefinition.objects.update_or_create(event=event, key=key, defaults=said)
    told = {"property": key, "kind": kind.value, "personal": row.personal}
    audit.record(actor, "plan.define_property", f"event:{event}", told)


def retype(actor: Actor, key: str, kind: PropertyKind) -> None:
    """Give a property another kind, for every event that has it. The next load makes its column anew."""
    before = kinds()[key]
    PropertyDefinition.objects.filter(key=key).update(kind=kind)
    audit.record(actor, "plan.retype", f"property:{key}", {"from": before.value, "to": kind.value})


def typed(kind: PropertyKind, value: object) -> str | int | float | bool | datetime | date | None:
    """A JSON value as the warehouse column of that kind holds it (times naive UTC); None when it does not fit.

    The twin of columns.cast, for whoever looks at one event in memory; tests hold the two together.
    """
    if value is None or isinstance(value, dict | list):
        return None
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    match kind:
        case PropertyKind.TEXT:
            return text
        case PropertyKind.INTEGER | PropertyKind.MONEY:
            whole = int(text) if re.fullmatch(WHOLE, text) else None
            return whole if whole is not None and -_LARGEST - 1 <= whole <= _LARGEST else None
        case PropertyKind.NUMBER:
            return float(text) if re.fullmatch(DECIMAL, text) else None
        case PropertyKind.BOOL:
            return {"true": True, "false": False}.get(text)
        case PropertyKind.TIME:
            return _instant(text)
        case PropertyKind.DATE:
            return _day(text)


def _day(text: str) -> date | None:
    if not re.fullmatch(DAY, text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    if not re.fullmatch(INSTANT, text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None
