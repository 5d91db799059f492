"""content.render: variables with defaults; a hole without default is named."""

import pytest

from potager.content.render import Rendered, Variable, check, links_of, render, variables
from potager.core.errors import Problem


@pytest.mark.parametrize(
    ("template", "values", "text", "missing"),
    [
        ("你好，{客户昵称|朋友}！", {"customer_name": "小雨"}, "你好，小雨！", ()),
        ("你好，{客户昵称|朋友}！", {"customer_name": " "}, "你好，朋友！", ()),
        ("你好，{客户昵称|朋友}！", {}, "你好，朋友！", ()),
        ("Hi {{ customer_name | friend }}!", {}, "Hi friend!", ()),
        ("Hi {{customer_name}}!", {"customer_name": "Ann"}, "Hi Ann!", ()),
        ("{skin_type}肤质", {}, "肤质", ("skin_type",)),
        ("{肤质|}的你", {}, "的你", ()),
        ("{积分}分", {"积分": 0}, "0分", ()),
        ("{a} {b|x} {c}", {"b": "y"}, " y ", ("a", "c")),
        ("css { color: red } {} {1}", {}, "css { color: red } {} {1}", ()),
        ("没有变量", {}, "没有变量", ()),
    ],
)
def test_table(template, values, text, missing):
    assert render(template, values) == Rendered(text, missing)


def test_variables_are_listed_under_their_code_names():
    assert variables("{客户昵称|朋友}，我是{门店}的{员工姓名}") == (
        Variable("customer_name", "朋友"),
        Variable("store_name", None),
        Variable("staff_name", None),
    )


def test_a_variable_nobody_can_fill_is_refused_where_it_stands():
    check("{客户昵称} {skin_type} {心情|好}", {"skin_type"}, "steps[0].text")
    with pytest.raises(Problem) as refused:
        check("{心情}", {"skin_type"}, "steps[0].text")
    assert (refused.value.code, refused.value.place) == ("touch.variable", "steps[0].text")
    assert refused.value.zh == "没有名为「心情」的变量；请改名，或写上默认值：{心情|默认值}"


def test_links_stand_where_their_address_goes():
    told = {"spring": "https://g.example/r/1"}.get
    assert render("看{link:spring}和{ link ： spring }", {}, told) == Rendered(
        "看https://g.example/r/1和https://g.example/r/1", ()
    )
    assert render("看{link:autumn}", {}, told) == Rendered("看", ("link:autumn",))
    assert render("看{link:spring}", {}) == Rendered("看", ("link:spring",))
    assert links_of("{link:b}{昵称}{link:a}{link:b}") == ("b", "a")
    assert variables("{link:b}{昵称|x}") == (Variable("customer_name", "x"),)


@pytest.mark.parametrize("text", ["{link:}", "{link:A}", "{link spring}", "{links:spring}"])
def test_what_only_looks_like_a_link_stays(text):
    assert render(text, {"link": "L"}, lambda _: "x").text == text
