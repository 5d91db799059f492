"""From a cell's text to a value: SQL over a column, and the SQL that says when it does not work.

Conversions are exact: decimals never pass through floats, ids stay text, a time without offset is read in the file's
zone. What cannot be converted rejects its row with a code of REASONS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from potager.facts.imports.records import IMPRECISE
from potager.facts.warehouse.literals import literal

TIME_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y年%m月%d日",
    "%Y年%m月%d日 %H:%M:%S",
)


class Reason(NamedTuple):
    zh: str
    en: str


REASONS: Mapping[str, Reason] = {
    "cells": Reason("列数与表头不一致", "the number of cells differs from the header's"),
    "encoding": Reason("有无法按文件编码识别的字符", "there are bytes the file's encoding does not know"),
    "json": Reason("这一行不是 JSON 对象", "the line is no JSON object"),
    "missing": Reason("必填的值为空", "a required value is empty"),
    "imprecise": Reason(
        "数字过长，表格软件已丢失精度：请在源表中存为文本",
        "the number is too long to be exact as a spreadsheet or a double keeps it: store it as text",
    ),
    "money": Reason("不是金额", "is no amount of money"),
    "too_fine": Reason(
        "小数位超过币种允许（可在映射中写 rounding: half_up）",
        "has more decimals than the currency (rounding: half_up in the mapping rounds)",
    ),
    "number": Reason("不是数字", "is no number"),
    "whole": Reason("不是整数", "is no whole number"),
    "time": Reason("不是可识别的日期时间", "is no date or time that is understood"),
    "status": Reason("状态应为 paid、created 或 cancelled（可用 values 对应）", "is not paid, created or cancelled"),
    "negative": Reason("金额为负", "the amount is negative"),
    "identity": Reason("客户身份缺失或无效", "the customer's identity is missing or not valid"),
    "attribute": Reason("属性值无效", "the attribute's value is not valid"),
}


@dataclass(frozen=True, slots=True)
class Converted:
    """A value as SQL, and the codes with the SQL condition under which the row is rejected with them, in order."""

    name: str
    sql: str
    problems: Sequence[tuple[str, str]]
    cell: str


class Converter:
    """Conversions for one file: its zone and formats, the house's currency, the rounding agreed."""

    def __init__(self, *, zone: str, formats: Sequence[str], exponent: int, round_half_up: bool) -> None:
        self._zone = zone
        self._formats = ", ".join(literal(each) for each in (formats or TIME_FORMATS))
        self._exponent = exponent
        self._round_half_up = round_half_up

    def text(self, name: str, cell: str, values: Mapping[str, str] | None = None) -> Converted:
        """The cell without surrounding blanks; `values` translates what the file writes."""
        sql = cell
        if values:
            cases = " ".join(f"WHEN {literal(said)} THEN {literal(meant)}" for said, meant in values.items())
            sql = f"CASE {cell} {cases} ELSE {cell} END"
        return Converted(name, sql, [_imprecise(cell)], cell)

    def status(self, name: str, cell: str, values: Mapping[str, str] | None = None) -> Converted:
        text = self.text(name, cell, values)
        sql = f"coalesce({text.sql}, 'paid')"
        return Converted(name, sql, [("status", f"{sql} NOT IN ('paid', 'created', 'cancelled')")], cell)

    def money(self, name: str, cell: str) -> Converted:
        """Integer minor units. 1,234.50 and ¥12.5 and (3.00) are understood, 12,5 is not."""
        plain = _plain_number(cell)
        # Programs write very small numbers as 2.2e-16; a decimal of 20 places holds what matters of them.
        exact = f"TRY_CAST({plain} AS DECIMAL(38, 20))"
        rounded = f"round({exact}, {self._exponent})"
        shape = _matches(plain, "[+-]?([0-9]{1,15}([.][0-9]{0,20})?|[.][0-9]{1,20})([eE][+-]?[0-9]{1,2})?")
        fits = f"({shape} AND coalesce(abs({exact}) < 1000000000000000, false))"
        sql = f"CASE WHEN {fits} THEN CAST({rounded} * {10**self._exponent} AS BIGINT) END"
        problems = [_imprecise(cell), ("money", f"{cell} IS NOT NULL AND NOT {fits}")]
        if not self._round_half_up:
            problems.append(("too_fine", f"CASE WHEN {fits} THEN {rounded} <> {exact} ELSE false END"))
        return Converted(name, sql, problems, cell)

    def number(self, name: str, cell: str) -> Converted:
        plain = _plain_number(cell)
        fits = _matches(plain, r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)")
        sql = f"CASE WHEN {fits} THEN CAST({plain} AS DOUBLE) END"
        return Converted(name, sql, [_imprecise(cell), ("number", f"{cell} IS NOT NULL AND NOT {fits}")], cell)

    def whole(self, name: str, cell: str) -> Converted:
        plain = _plain_number(cell)
        fits = _matches(plain, "[+-]?[0-9]{1,18}")
        sql = f"CASE WHEN {fits} THEN CAST({plain} AS BIGINT) END"
        return Converted(name, sql, [_imprecise(cell), ("whole", f"{cell} IS NOT NULL AND NOT {fits}")], cell)

    def time(self, name: str, cell: str) -> Converted:
        """Naive UTC. An offset in the text is believed; without one the file's zone holds."""
        zoned = f"regexp_matches({cell}, ':[0-9]{{2}}.*(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$')"
        local = f"timezone({literal(self._zone)}, try_strptime({cell}, [{self._formats}]))"
        sql = f"timezone('UTC', CASE WHEN {zoned} THEN TRY_CAST({cell} AS TIMESTAMPTZ) ELSE {local} END)"
        return Converted(name, sql, [("time", _unlikely(cell, sql))], cell)

    def day(self, name: str, cell: str) -> Converted:
        sql = f"CAST(try_strptime({cell}, [{self._formats}]) AS DATE)"
        return Converted(name, sql, [("time", _unlikely(cell, sql))], cell)


def required(converted: Converted) -> Converted:
    """The same, where an empty cell rejects the row."""
    problems = [("missing", f"{converted.cell} IS NULL"), *converted.problems]
    return Converted(converted.name, converted.sql, problems, converted.cell)


def _imprecise(cell: str) -> tuple[str, str]:
    return ("imprecise", f"contains({cell}, {literal(IMPRECISE)})")


def _unlikely(cell: str, sql: str) -> str:
    """Not understood, or a year no shop has seen: a typing error would open a month of its own in the warehouse."""
    return f"{cell} IS NOT NULL AND ({sql} IS NULL OR year({sql}) NOT BETWEEN 1970 AND 2099)"


def _plain_number(cell: str) -> str:
    """Without currency signs and blanks, thousands commas only where they stand right, accountants' (1) as -1."""
    ascii_only = f"translate({cell}, '０１２３４５６７８９．－，', '0123456789.-,')"
    bare = f"regexp_replace({ascii_only}, '[¥￥$€£元 ]', '', 'g')"
    signed = f"regexp_replace({bare}, '^[(](.*)[)]$', '-\\1')"
    grouped = _matches(signed, "[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?")
    return f"CASE WHEN {grouped} THEN replace({signed}, ',', '') ELSE {signed} END"


def _matches(sql: str, pattern: str) -> str:
    return f"regexp_full_match({sql}, '{pattern}')"
