"""What a file says of the organisation, read and checked: everything that is wrong at once, each with its path."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StrictBool, StrictStr, ValidationError

from potager.core.errors import Problem
from potager.org import naming
from potager.org.models import Department, Store

KIND: Final = "org"
_Text = Annotated[StrictStr, AfterValidator(str.strip)]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    key: StrictStr
    name: _Text


class DepartmentEntry(Entry):
    parent: StrictStr | None = None


class StoreEntry(Entry):
    city: _Text = ""


class StaffEntry(Entry):
    department: StrictStr | None = None
    store: StrictStr | None = None
    active: StrictBool = True


class Organisation(BaseModel):
    """What a file says. A department may stand before the one above it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["org"] = KIND
    departments: tuple[DepartmentEntry, ...] = ()
    stores: tuple[StoreEntry, ...] = ()
    staff: tuple[StaffEntry, ...] = ()


def read(document: Mapping[str, Any]) -> Organisation:
    """The organisation a document states, checked by itself and against what is stored.

    Raises Problem("org.file") saying everything that is wrong, each with its path ("staff[3].store").
    """
    try:
        organisation = Organisation.model_validate(document)
    except ValidationError as error:
        raise _refusal([_said(each) for each in error.errors(include_url=False)]) from error
    if found := list(_problems(organisation)):
        raise _refusal(found)
    return organisation


def parents(organisation: Organisation) -> dict[str, str | None]:
    """Department → the one above it, as they will be when the file is applied."""
    stored = dict(Department.objects.values_list("key", "parent__key"))
    return stored | {entry.key: entry.parent for entry in organisation.departments}


def upwards(key: str, above: Mapping[str, str | None]) -> Iterator[str]:
    """The departments above one, nearest first; a circle is gone through once."""
    seen = set[str]()
    at = above.get(key)
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = above.get(at)


def problem(place: str, zh: str, en: str) -> Problem:
    return Problem("org.file", zh=zh, en=en, place=place)


def _problems(organisation: Organisation) -> Iterator[Problem]:
    """Everything wrong with what is said: keys and names first, then what refers to what."""
    above = parents(organisation)
    shops = {*Store.objects.values_list("key", flat=True), *(entry.key for entry in organisation.stores)}
    for part in ("departments", "stores", "staff"):
        seen: set[str] = set()
        for n, entry in enumerate(getattr(organisation, part)):
            yield from _of_entry(entry, f"{part}[{n}]", again=entry.key in seen)
            seen.add(entry.key)
    for n, entry in enumerate(organisation.departments):
        place = f"departments[{n}].parent"
        if entry.parent is not None and entry.parent not in above:
            yield _unknown(place, "部门", "department", entry.parent)
        elif entry.key in upwards(entry.key, above):
            yield problem(
                place,
                f"「{entry.key}」会成为自己的上级：请改一个上级部门",
                f"“{entry.key}” would stand above itself: change one of the parents",
            )
    for n, member in enumerate(organisation.staff):
        if member.department is not None and member.department not in above:
            yield _unknown(f"staff[{n}].department", "部门", "department", member.department)
        if member.store is not None and member.store not in shops:
            yield _unknown(f"staff[{n}].store", "门店", "store", member.store)


def _of_entry(entry: Entry, place: str, *, again: bool) -> Iterator[Problem]:
    checks: list[tuple[Callable[[str], str], str]] = [
        (naming.check_key, entry.key),
        (naming.check_name, entry.name),
    ]
    if isinstance(entry, StoreEntry):
        checks.append((naming.check_city, entry.city))
    for check, value in checks:
        try:
            check(value)
        except Problem as refused:
            yield problem(f"{place}.{refused.place}", refused.zh, refused.en)
    if again:
        yield problem(
            f"{place}.key",
            f"标识「{entry.key}」在文件里出现了两次：请删掉一条",
            f"“{entry.key}” stands in the file twice: drop one",
        )


def _said(error: Mapping[str, Any]) -> Problem:
    """A fault of form as the file's reader would say it."""
    place = ""
    for part in error["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    zh, en = _FORMS.get(error["type"], (f"写得不对：{error['msg']}", f"is not valid: {error['msg']}"))
    return problem(place, zh, en)


_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("缺少这一项，请补上", "is missing: add it"),
    "extra_forbidden": ("没有这一项，请检查拼写或删掉", "is not known here: check its spelling or drop it"),
    "string_type": (
        '应为文字；数字和 yes/no 请加引号，例如 "1001"',
        'must be text: put numbers and yes/no in quotes, such as "1001"',
    ),
    "bool_type": ("应为 true 或 false", "must be true or false"),
    "tuple_type": ("应为列表，每条以 - 开头", "must be a list, each entry behind a dash"),
}


def _unknown(place: str, what_zh: str, what_en: str, key: str) -> Problem:
    return problem(
        place,
        f"没有{what_zh}「{key}」：请在文件里加上它，或检查标识",
        f"There is no {what_en} “{key}”: add it to the file, or check the key",
    )


def _refusal(found: list[Problem]) -> Problem:
    """One refusal for everything that is wrong."""
    if len(found) == 1:
        return found[0]
    zh = "\n".join(f"  {each.place}：{each.zh}" for each in found)
    en = "\n".join(f"  {each.place}: {each.en}" for each in found)
    return problem(
        "",
        f"有 {len(found)} 处要改，什么都没有写入：\n{zh}",
        f"{len(found)} things to correct, nothing was written:\n{en}",
    )
