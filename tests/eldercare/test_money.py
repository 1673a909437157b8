"""Who pays what, to the fen: whatever the lines, the sums add up and no cap is passed."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from eldercare.money import Item, Share, in_fen, share_out

D = Decimal
fen = st.decimals(min_value=0, max_value=99_999, places=2)
items = st.lists(
    st.builds(
        Item,
        quantity=st.decimals(min_value=D("0.01"), max_value=200, places=2),
        price=fen,
        is_funded=st.booleans(),
        cap=st.none() | fen,
    ),
    max_size=12,
)


@given(items, fen)
def test_every_line_adds_up_and_no_cap_is_passed(lines: list[Item], cap: Decimal) -> None:
    shares = share_out(lines, cap=cap)
    assert len(shares) == len(lines)
    assert sum((share.funded for share in shares), D(0)) <= cap
    for line, share in zip(lines, shares, strict=True):
        assert in_fen(share.total) == in_fen(line.quantity * line.price)
        assert share.funded >= 0 and share.family >= 0
        assert line.is_funded or share.funded == 0
        if line.cap is not None:
            assert in_fen(share.funded) <= in_fen(line.quantity * line.cap)


@given(items, fen, fen)
def test_a_higher_cap_never_makes_a_family_pay_more(lines: list[Item], cap: Decimal, more: Decimal) -> None:
    little = sum((share.family for share in share_out(lines, cap=cap)), D(0))
    much = sum((share.family for share in share_out(lines, cap=cap + more)), D(0))
    assert much <= little


@given(items, fen)
def test_what_is_left_of_the_cap_is_left_only_when_nothing_else_could_be_paid(lines: list[Item], cap: Decimal) -> None:
    shares = share_out(lines, cap=cap)
    fundable = sum(
        min(in_fen(one.quantity * one.price), in_fen(one.quantity * one.cap) if one.cap is not None else 10**12)
        for one in lines
        if one.is_funded
    )
    assert sum(in_fen(share.funded) for share in shares) == min(in_fen(cap), fundable)


def test_half_a_fen_is_rounded_up_once_for_the_line() -> None:
    assert share_out([Item(D("0.5"), D("0.01"), True)], cap=D(10)) == [Share(D("0.01"), D(0))]
    assert share_out([Item(D("3"), D("33.335"), False)], cap=D(10)) == [Share(D(0), D("100.01"))]


def test_the_item_cap_is_for_one_and_the_excess_is_the_familys() -> None:
    assert share_out([Item(D(2), D(300), True, D(240))], cap=D(3000)) == [Share(D(480), D(120))]
