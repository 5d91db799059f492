"""An operator brings in an export of orders as shop systems write it: GB18030, Chinese headings, one damaged row."""

import csv
import io
import json
import re
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import FilePayload, Page, expect

HEADINGS = ("订单编号", "付款时间", "实付金额", "商品金额", "买家手机")
ROWS = (
    ("A1001", "2026-03-01 09:15:00", "128.00", "158.00", "13800000001"),
    ("A1002", "2026-03-02 20:30:00", "256.50", "256.50", "13800000002"),
    ("A1003", "2026-03-03 11:00:00", "一百元", "100.00", "13800000003"),
    ("A1004", "2026-03-05 08:05:00", "99.90", "119.90", "13800000001"),
)


def exported() -> FilePayload:
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *ROWS])
    return {"name": "三月订单.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode("gb18030")}


def upload(owner: Page) -> None:
    owner.goto("/imports")
    owner.locator("input[type=file]").set_input_files(exported())
    expect(owner.get_by_role("heading", level=1)).to_contain_text("三月订单.csv：")


def choose(owner: Page, label: str, value: str) -> None:
    owner.get_by_label(label, exact=True).click()
    owner.locator(".ant-select-dropdown:visible").get_by_text(value, exact=True).click()


def test_a_file_is_corrected_tried_and_imported_once(owner: Page):
    upload(owner)
    expect(owner.get_by_role("columnheader", name="付款时间")).to_be_visible()
    expect(owner.get_by_role("cell", name="一百元")).to_be_visible()
    choose(owner, "文件的列 金额", "商品金额")
    owner.get_by_role("button", name="试算（不写入）").click()
    expect(owner.get_by_role("heading", name="读 4 行，可写入 4")).to_be_visible()

    choose(owner, "文件的列 金额", "实付金额")
    owner.get_by_role("button", name="试算（不写入）").click()
    expect(owner.get_by_role("heading", name="试算：读 4 行，可写入 3，重复 0，拒绝 1")).to_be_visible()
    refused = owner.get_by_role("row").filter(has=owner.get_by_role("cell", name="实付金额", exact=True)).last
    expect(refused.get_by_role("cell").first).to_have_text("4")

    owner.get_by_role("button", name=re.compile("^开始导入")).click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("三月订单.csv：写入 3 行，拒绝 1 行", timeout=30_000)
    expect(owner.get_by_text("读入 4 = 写入 3 + 重复 0 + 拒绝 1")).to_be_visible()
    with owner.expect_download() as download:
        owner.get_by_role("link", name="下载被拒绝的行").click()
    assert "一百元" in download.value.path().read_text("utf-8-sig")

    upload(owner)
    owner.get_by_role("button", name="试算（不写入）").click()
    owner.get_by_role("button", name=re.compile("^开始导入")).click()
    again = "三月订单.csv：没有新内容，3 行以前都导过"
    expect(owner.get_by_role("heading", level=1)).to_have_text(again, timeout=30_000)
    expect(owner.get_by_text("读入 4 = 写入 0 + 重复 3 + 拒绝 1")).to_be_visible()


TILL = (
    ("门店", "小票", "交易时间", "实收金额", "状态", "会员号", "手机"),
    ("静安", "7", "2026-04-01 10:00:00", "12.00", "交易成功", "M1", "13900000001"),
    ("徐汇", "7", "2026-04-01 11:00:00", "30.00", "交易成功", "", "13900000002"),
    ("徐汇", "8", "2026-04-02 09:30:00", "8.00", "交易关闭", "M1", "13900000001"),
)


def till(name: str, rows: tuple[tuple[str, ...], ...]) -> FilePayload:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return {"name": name, "mimeType": "text/csv", "buffer": text.getvalue().encode()}


def pick(owner: Page, label: str, *values: str) -> None:
    """Choose several in a select that takes several."""
    box = owner.get_by_label(label, exact=True)
    box.click()
    for value in values:
        owner.locator(".ant-select-dropdown:visible").get_by_text(value, exact=True).click()
    owner.keyboard.press("Escape")


def add_word(owner: Page, nth: int, meaning: str) -> None:
    owner.get_by_role("button", name="加一条写法").click()
    group = owner.get_by_role("group", name=f"第 {nth} 条写法")
    group.get_by_label("意思").click()
    owner.locator(".ant-select-dropdown:visible").get_by_text(meaning, exact=True).click()


def test_a_number_over_two_columns_two_identities_and_words_of_the_file(owner: Page):
    owner.goto("/imports")
    owner.locator("input[type=file]").set_input_files(till("收银.csv", TILL))
    expect(owner.get_by_role("heading", level=1)).to_contain_text("收银.csv：")
    pick(owner, "文件的列 订单号", "门店", "小票")
    expect(owner.get_by_role("cell", name="静安|7", exact=True)).to_be_visible()
    choose(owner, "文件的列 时间", "交易时间")
    choose(owner, "文件的列 金额", "实收金额")
    # The guess has both identity columns already; a row names its person by whichever it has.
    expect(owner.get_by_role("group", name="第 1 列身份")).to_contain_text("会员号")
    expect(owner.get_by_role("group", name="第 2 列身份")).to_contain_text("手机")
    add_word(owner, 1, "已付款")
    add_word(owner, 2, "已取消")
    owner.get_by_role("button", name="试算（不写入）").click()
    expect(owner.get_by_role("heading", name="试算：读 3 行，可写入 3，重复 0，拒绝 0")).to_be_visible()
    owner.get_by_role("button", name=re.compile("^开始导入")).click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("收银.csv：3 行全部写入", timeout=30_000)
    stored = owner.request.get("/api/facts/imports?size=1").json()["items"][0]["mapping"]
    assert stored["fields"]["order_no"] == ["门店", "小票"]
    assert stored["values"] == {"status": {"交易成功": "paid", "交易关闭": "cancelled"}}
    assert [each["column"] for each in stored["identities"]] == ["会员号", "手机"]


def test_a_file_without_numbers_gets_keys_that_stay_the_same(owner: Page):
    rows = tuple(row[2:4] + row[6:] for row in TILL)
    for title in ("无单号.csv：3 行全部写入", "无单号.csv：没有新内容，3 行以前都导过"):
        owner.goto("/imports")
        owner.locator("input[type=file]").set_input_files(till("无单号.csv", rows))
        expect(owner.get_by_role("heading", level=1)).to_contain_text("无单号.csv：")
        pick(owner, "文件的列 订单号", "文件里没有，按整行生成")
        expect(owner.get_by_role("cell", name="同一行再导还是同一个编号")).to_be_visible()
        choose(owner, "文件的列 时间", "交易时间")
        choose(owner, "文件的列 金额", "实收金额")
        owner.get_by_role("button", name="试算（不写入）").click()
        expect(owner.get_by_role("heading", name=re.compile("^试算：读 3 行"))).to_be_visible()
        owner.get_by_role("button", name=re.compile("^开始导入")).click()
        expect(owner.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)


def as_json_lines() -> FilePayload:
    first, *others = (dict(zip(HEADINGS, (f"L{row[0]}", *row[1:]), strict=True)) for row in ROWS)
    first["门店"] = {"城市": "上海"}
    text = "\n".join(json.dumps(each, ensure_ascii=False) for each in (first, *others)) + "\n{断了\n"
    return {"name": "orders.jsonl", "mimeType": "application/json", "buffer": text.encode()}


def as_parquet() -> FilePayload:
    out = io.BytesIO()
    names = (HEADINGS[0], "支付于", *HEADINGS[2:])
    rows = [dict(zip(names, (f"P{row[0]}", *row[1:]), strict=True)) for row in ROWS]
    pq.write_table(pa.Table.from_pylist(rows), out)
    return {"name": "orders.parquet", "mimeType": "application/vnd.apache.parquet", "buffer": out.getvalue()}


@pytest.mark.parametrize(
    ("payload", "told", "time", "sums"),
    [
        (as_json_lines, "每行一个 JSON 对象，字段自带名字", "付款时间", "读 5 行，可写入 3，重复 0，拒绝 2"),
        (as_parquet, "Parquet，字段自带名字", "支付于", "读 4 行，可写入 3，重复 0，拒绝 1"),
    ],
    ids=["jsonl", "parquet"],
)
def test_records_come_in_by_the_same_pages(owner: Page, payload: Any, told: str, time: str, sums: str):
    file = payload()
    owner.goto("/imports")
    owner.locator("input[type=file]").set_input_files(file)
    expect(owner.get_by_role("heading", level=1)).to_contain_text(f"{file['name']}：")
    expect(owner.get_by_text(told)).to_be_visible()
    if file["name"].endswith("jsonl"):
        expect(owner.get_by_role("columnheader", name="门店.城市")).to_be_visible()
    choose(
        owner,
        "文件的列 付款时间" if owner.get_by_label("文件的列 付款时间", exact=True).count() else "文件的列 时间",
        time,
    )
    choose(owner, "文件的列 金额", "实付金额")
    owner.get_by_role("button", name="试算（不写入）").click()
    expect(owner.get_by_role("heading", name=f"试算：{sums}")).to_be_visible()
    owner.get_by_role("button", name=re.compile("^开始导入")).click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("写入 3 行", timeout=30_000)
