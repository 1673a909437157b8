"""Telephone numbers as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.people.phones import is_mobile, masked, read_mobile, read_phone
from community_portal.refusals import Refusal


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13812342046", "+8613812342046"),
        ("138-1234-2046", "+8613812342046"),
        ("138 1234 2046", "+8613812342046"),
        ("138\u00a01234\u20112046", "+8613812342046"),
        ("１３８１２３４２０４６", "+8613812342046"),
        ("+86 138 1234 2046", "+8613812342046"),
        ("16612345678", "+8616612345678"),
        ("17012345678", "+8617012345678"),
        ("19912345678", "+8619912345678"),
        ("80001018", "+8651380001018"),
        ("８０００１０１８", "+8651380001018"),
        ("0513-80001018", "+8651380001018"),
        ("（0513）80001018", "+8651380001018"),
        ("021 6123 4567", "+862161234567"),
        ("4008001234", "+864008001234"),
        ("+852 9123 4567", "+85291234567"),
        ("+12025550123", "+12025550123"),
    ],
)
def test_numbers_of_residents_and_their_families(typed, kept):
    assert read_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("1381234204", "不存在"),
        ("138123420466", "不存在"),
        ("12812345678", "不存在"),
        ("0513-85123456,8001", "分机"),
        ("13811110044;ext=5", "分机"),
        ("0513-85123456转8001", "分机"),
        ("13811110044，13811110045", "只填号码"),
        ("13811110044 доб. 5", "分机"),
        ("12345", "热线"),
        ("110", "热线"),
        ("电话", "不像"),
        ("", "不像"),
        ("00000000000", "不"),
    ],
)
def test_what_is_no_number_is_named(typed, word):
    with pytest.raises(Refusal) as refusal:
        read_phone(typed)
    assert word in str(refusal.value) and refusal.value.field == "phone"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("80001018", "座机"),
        ("4008001234", "400"),
        ("+12025550123", "中国大陆"),
        ("+85291234567", "中国大陆"),
        ("12345", "热线"),
    ],
)
def test_codes_go_to_mobiles_of_the_mainland_only(typed, word):
    with pytest.raises(Refusal) as refusal:
        read_mobile(typed)
    assert word in str(refusal.value)


def test_mobiles_get_codes():
    assert read_mobile("１３８ 1234 2046") == "+8613812342046"
    assert is_mobile("+8613812342046") and not is_mobile("+8651380001018")


@given(st.text(max_size=20) | st.text(alphabet="0123456789+- ()", max_size=18))
def test_reading_gives_e164_or_a_refusal(text):
    try:
        number = read_phone(text)
    except Refusal:
        return
    assert number.startswith("+") and number[1:].isdigit() and len(number) <= 16
    assert read_phone(number) == number


def test_lists_show_the_ends():
    assert masked("+8613812342046") == "138****2046"
