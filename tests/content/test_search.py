"""content.segment and content.search: words of Chinese texts, what a search finds, in which order, on every store."""

import pytest

from potager.content import faqs, scripts, search, segment
from potager.content.models import Faq, Script
from potager.content.specs import FaqSpec
from potager.core import store
from tests.content.conftest import OWNER, published, written


def test_long_words_come_with_those_inside_them_and_without_empty_ones():
    assert segment.words("烟酰胺精华的用法") == ["酰胺", "烟酰胺", "精华", "用法"]
    assert segment.asked("的") == ["的"]
    assert segment.asked("VC 精华，精华") == ["vc", "精华"]
    assert segment.asked("，。！") == []


def faq(key: str, question: str, answer: str = "好的", keywords: tuple[str, ...] = ()) -> Faq:
    with store.write():
        return faqs.save(OWNER, FaqSpec(key=key, question=question, answers=[answer], keywords=list(keywords)))


def found(text: str, **more) -> list[tuple[str, int]]:
    return [(each.kind, each.ref) for each in search.find(text, **more)]


@pytest.fixture
def library(two) -> dict[str, tuple[str, int]]:
    serum = published("烟酰胺精华晚上用，第二天看状态", key="serum").script
    mask = published("玻尿酸面膜一周两次", key="mask").script
    asked = faq("sting", "烟酰胺会刺痛吗", "先在耳后试用", ("敏感肌",))
    return {"serum": ("script", serum.pk), "mask": ("script", mask.pk), "sting": ("faq", asked.pk)}


def test_titles_texts_answers_and_keywords_are_found(library):
    assert found("面膜") == [library["mask"]]
    assert found("耳后") == [library["sting"]]
    assert found("敏感肌") == [library["sting"]]
    assert found("话术serum") == [library["serum"]]


def test_the_title_counts_more_than_the_text(library):
    assert found("烟酰胺") == [library["sting"], library["serum"]]
    assert found("烟酰胺", kind="script") == [library["serum"]]


def test_beginnings_of_words_find_them(library):
    assert set(found("烟酰")) == {library["sting"], library["serum"]}


def test_where_nothing_has_every_word_any_word_finds(library):
    assert found("玻尿酸 刺痛", limit=9) == sorted(found("玻尿酸 刺痛", limit=9), key=found("玻尿酸 刺痛").index)
    assert set(found("玻尿酸 刺痛")) == {library["mask"], library["sting"]}
    assert found("没有这样的词汇啦") == []


@pytest.mark.parametrize("text", ['"', "'", "a'b\"c*", "烟酰胺 OR", "\\", "NEAR(", "words:面膜", "-面膜", "(", "& | !"])
def test_nothing_typed_is_an_operator(library, text):
    assert isinstance(found(text), list)


def test_what_changed_is_found_as_it_is_now_and_what_went_not_at_all(library):
    row = written("氨基酸洁面", key="wash")
    assert found("洁面") == [("script", row.script_id)]
    written("卸妆膏", key="wash")
    assert found("洁面") == []
    with store.write():
        scripts.remove(OWNER, "wash")
        faqs.remove(OWNER, "sting")
    assert (found("卸妆膏"), found("耳后")) == ([], [])


def test_the_index_changes_with_what_it_finds_or_not_at_all(library):
    with pytest.raises(RuntimeError):
        search.put("faq", 1, "问", "答")
    with pytest.raises(ZeroDivisionError), store.write():
        search.put("script", Script.objects.first().pk, "护手霜", "")
        raise ZeroDivisionError
    assert found("护手霜") == []
