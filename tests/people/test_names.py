"""Names: what is kept, what is refused, what search reads of them."""

import pytest

from community_portal.people.register.search_keys import search_keys
from community_portal.people.wording import read_name, read_text
from community_portal.refusals import Refusal


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("陈平", "陈平"),
        (" 陈 平 ", "陈 平"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽.买买提", "阿依古丽·买买提"),
        ("José M. Pérez", "José M. Pérez"),
        ("李\u2f29\u2f2d", "李小山"),
        ("王\ufe00\u5c0f\ufe0f明", "王小明"),
        ("阿依古丽 ． 买买提", "阿依古丽·买买提"),
        ("𠮷田", "𠮷田"),
        ("王㛃", "王㛃"),
        ("李\U0002ebf0", "李\U0002ebf0"),
        ("J. R. Smith", "J. R. Smith"),
        ("爱" * 50, "爱" * 50),
    ],
)
def test_names_are_kept_as_written(typed, kept):
    assert read_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("", "至少两个字"),
        ("陈", "至少两个字"),
        ("𠮷", "至少两个字"),
        ("爱" * 51, "最多 50"),
        ("陈\u200b平", "看不见"),
        ("陈\x00平", "看不见"),
        ("陈\u202e平", "看不见"),
        ("\ud842平安", "看不见"),
        ("12345", "数字"),
        ("——", "数字"),
    ],
)
def test_what_is_no_name_is_refused(typed, word):
    with pytest.raises(Refusal) as refusal:
        read_name(typed)
    assert word in str(refusal.value) and refusal.value.field == "name"


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("单小明", "shanxiaoming", "sxm"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("尉缭", "weiliao", "wl"),
        ("万俟卨", "moqixie", "mqx"),
        ("单于丹", "chanyudan", "cyd"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("曾国", "zengguo", "zg"),
        ("解玉", "xieyu", "xy"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("John Smith", "johnsmith", "js"),
        ("张𠮷", "zhang", "z"),
    ],
)
def test_surnames_are_read_as_surnames(name, pinyin, initials):
    keys = search_keys(name, None)
    assert (keys["pinyin"], keys["initials"]) == (pinyin, initials)


def test_pieces_of_a_name():
    assert search_keys("张小明", None)["grams"] == ["张", "小", "明", "张小", "小明"]
    assert "𠮷田" in search_keys("𠮷田", None)["grams"], "characters beyond the BMP are one character"


def test_long_words_keep_their_lines_and_lose_what_cannot_be_seen():
    assert read_text(" 一\r\n二\x07 ", field="note") == "一\n二"
    with pytest.raises(Refusal) as refusal:
        read_text("字" * 301, field="note", longest=300)
    assert "300" in str(refusal.value) and "301" in str(refusal.value)
