"""content.sensitive and content.checking: which words are found where, what is harmless, what the house changes."""

import pytest

from potager.content import checking, house_words
from potager.content.models import Persona
from potager.content.sensitive import Word, find, shipped
from potager.content.specs import WordSpec
from potager.core import store
from potager.core.errors import Forbidden, NotFound, Problem
from potager.org.access import SYSTEM, Actor
from potager.org.models import Role


def seen(**texts: str) -> list[tuple[str, int, int, str]]:
    return [(each.place, each.start, each.end, each.word.word) for each in find(texts, shipped().values())]


def test_absolutes_and_claims_of_medicine_are_found_where_they_stand():
    assert seen(text="这是国家级品质，能治疗痘痘") == [("text", 2, 5, "国家级"), ("text", 9, 11, "治疗")]
    assert seen(text="İİ国家级") == [("text", 2, 5, "国家级")]
    assert seen(new="全网No.1", old="您好") == [("new", 0, 2, "全网"), ("new", 2, 6, "NO.1")]


@pytest.mark.parametrize("text", ["第一次用先试耳后", "最好先做测试", "最好在晚上用", "第一时间告诉您"])
def test_ordinals_and_advice_are_no_absolutes(text):
    assert seen(text=text) == []


def test_the_same_words_as_a_boast_are():
    assert seen(text="销量第一，最好的精华") == [("text", 2, 4, "第一"), ("text", 5, 7, "最好")]


def test_of_words_at_one_place_the_longest_counts():
    words = [Word("最", True, "house"), Word("最便宜", True, "absolute")]
    assert [(each.start, each.word.word) for each in find({"text": "最便宜最"}, words)] == [(0, "最便宜"), (3, "最")]


class TestTheHousesWords:
    @pytest.fixture(autouse=True)
    def _house(self, house):
        return house

    def save(self, word: str, level: str, cure: str = "", actor: Actor = SYSTEM) -> None:
        with store.write():
            house_words.save(actor, WordSpec(word=word, level=level, cure=cure))

    def test_add_to_the_shipped_ones_lift_them_and_may_be_taken_back(self):
        self.save("亲亲", "blocking", "称呼姓名")
        self.save("治疗", "allowed")
        self.save("修复", "blocking")
        found = checking.check({"text": "亲亲，治疗和修复"})
        assert [(each.word.word, each.word.blocking, each.word.reason) for each in found] == [
            ("亲亲", True, "house"),
            ("修复", True, "medical"),
        ]
        with store.write():
            house_words.remove(SYSTEM, "治疗")
        assert len(checking.check({"text": "治疗"})) == 1
        with store.write(), pytest.raises(NotFound):
            house_words.remove(SYSTEM, "治疗")

    def test_a_lifted_word_with_harmless_uses_keeps_them(self):
        self.save("第一", "warning")
        assert [each.word.blocking for each in checking.check({"text": "第一次，第一"})] == [False]

    def test_readers_change_none(self):
        with pytest.raises(Forbidden):
            self.save("亲亲", "blocking", actor=Actor("viewer", Role.READ_ONLY))

    def test_the_refusal_names_place_and_cure(self):
        self.save("亲亲", "blocking", "称呼姓名")
        with pytest.raises(Problem) as refused:
            checking.refuse_blocking({"old": "您好，亲亲"})
        assert (refused.value.code, refused.value.place) == ("content.sensitive", "old[3]")
        assert refused.value.zh == "有不能用的词：给老客的正文第 4 字的「亲亲」称呼姓名"

    def test_a_persona_blocks_its_own_words_and_warnings_block_nothing(self):
        persona = Persona(key="p", name_zh="管家", donts=["宝子"])
        with pytest.raises(Problem):
            checking.refuse_blocking({"text": "宝子们"}, persona)
        checking.refuse_blocking({"text": "宝子们，限时"})
