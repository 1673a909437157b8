"""ID numbers by the rule itself: every real elder of Nantong passes, every slip is named."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.people.register.idnumber import area_hint, hash_of, masked, normalise, read_id_number
from community_portal.refusals import Refusal
from tests.people.id_numbers import number_for

TODAY = dt.date(2026, 11, 24)
AREAS = ["320601", "320602", "320611", "320621", "320623", "320671", "320681", "320682", "320684", "320685"]


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("born", ["19350308", "19500101", "19700912"])
def test_every_area_code_of_nantong_in_every_year(area, born):
    read = read_id_number(number_for(area, born), today=TODAY)
    assert read.born_on == dt.datetime.strptime(born, "%Y%m%d").date()
    assert not area_hint(read.number)


@given(
    st.integers(min_value=100000, max_value=999999),
    st.dates(min_value=dt.date(1902, 1, 1), max_value=TODAY),
    st.integers(min_value=0, max_value=999),
)
def test_whatever_the_rule_builds_is_accepted(area, born, serial):
    read = read_id_number(number_for(str(area), f"{born:%Y%m%d}", f"{serial:03d}"), today=TODAY)
    assert read.born_on == born
    assert read.sex == ("m" if serial % 2 else "f")


@given(st.integers(min_value=0, max_value=16), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_always_noticed(place, shift):
    number = number_for()
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(Refusal) as refusal:
        read_id_number(wrong, today=TODAY)
    assert refusal.value.code == "bad_id_number" and refusal.value.field == "id_number"


@given(st.integers(min_value=0, max_value=15))
def test_two_digits_changed_over_are_noticed(place):
    number = number_for(born="19501231", serial="783")
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(Refusal):
            read_id_number(swapped, today=TODAY)


@given(st.text(max_size=22))
def test_nothing_typed_breaks_it(text):
    try:
        read_id_number(text, today=TODAY)
    except Refusal as refusal:
        assert "身份证" in str(refusal) or "证号" in str(refusal)


def test_a_number_with_x_in_every_way_of_typing_it():
    number = next(n for n in (number_for(serial=f"{i:03d}") for i in range(1000)) if n.endswith("X"))
    full_width = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    spaced = f" {number[:6]} {number[6:14]} {number[14:]} "
    for typed in (number.lower(), full_width, full_width.replace("Ｘ", "ｘ"), spaced, spaced.replace(" ", "　")):
        assert read_id_number(typed, today=TODAY).number == number
    assert hash_of(normalise(full_width)) == hash_of(number)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("320602500101001", "15 位"),
        ("32060219500101001", "18 位"),
        ("3206021950010100171", "18 位"),
        ("32060219500101A017", "18 位"),
        (number_for(born="19500230"), "不存在"),
        (number_for(born="19501301"), "不存在"),
        (number_for(born="20261125"), "今天以后"),
        (number_for(born="19010101"), "太早"),
        (number_for(born="19011123"), "太早"),
        (number_for()[:17] + ("0" if number_for()[17] != "0" else "1"), "校验位"),
        ("", "18 位"),
    ],
)
def test_each_slip_has_its_own_sentence(typed, word):
    with pytest.raises(Refusal) as refusal:
        read_id_number(typed, today=TODAY)
    assert word in str(refusal.value)


def test_born_today_and_125_years_ago_are_people_too():
    assert read_id_number(number_for(born="20261124"), today=TODAY).born_on == TODAY
    assert read_id_number(number_for(born="19011124"), today=TODAY).born_on.year == 1901


def test_an_unknown_area_is_a_hint_not_a_refusal():
    assert "省份代码" in area_hint(read_id_number(number_for(area="990101"), today=TODAY).number)
    assert not area_hint(read_id_number(number_for(area="810000"), today=TODAY).number)
    assert not area_hint("E12345678", id_type="passport") and not area_hint("")


def test_pages_show_only_the_ends():
    assert masked("320602195001010016") == "320602********0016"
    assert masked("E12345678") == "E1*****78"


def test_the_look_up_key_matters(settings):
    before = hash_of(number_for())
    assert len(before) == 64 and number_for() not in before
    settings.LOOKUP_KEY = "another key"
    assert hash_of(number_for()) != before
