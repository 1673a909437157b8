"""Votes from the roll to the confirmed count: what is refused in words, and what the database refuses by itself."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community_portal.casework.models import Attachment, Event
from community_portal.deliberations.actions.ballots import cast_by_link, make_link
from community_portal.deliberations.actions.rolls import differs_from_estate, put_roll, read_roll
from community_portal.deliberations.actions.votes import confirm_count, draw_up_vote, give_up_vote, go_on, open_vote
from community_portal.deliberations.counting import Amount
from community_portal.deliberations.forgetting import NOBODY
from community_portal.deliberations.models import Ballot, BallotLink, RollEntry, Vote
from community_portal.deliberations.standing import count, is_carried, read_again, standing_of, vote_of, votes_of
from community_portal.deliberations.topics import topic_alone, topic_of
from community_portal.people.models import Role
from community_portal.people.register.retention import sweep
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import MONDAY, Cast
from tests.deliberations.votes import CLOSES, LATER, cast_on_paper, draft, make_vote, sheet, unit
from tests.factories import make_member
from tests.loans import borrow

pytestmark = pytest.mark.django_db
AFTER = CLOSES + dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)


def code_of(deed: object) -> str:
    with pytest.raises(Refusal) as refusal:
        deed()  # type: ignore[operator]
    return refusal.value.code


# ---- the roll --------------------------------------------------------------------------------------------------


def test_a_roll_is_read_from_a_list() -> None:
    read = read_roll(
        sheet(
            ("房号", "面积（㎡）", "业主", "投票人", "手机"),
            ("3幢1单元402", 89.6, "张三、李四", "", "13800002046"),
            ("3幢1单元401", "１００.00㎡", "", "王五", None),
            ("", 50, "", "", ""),
        )
    )
    assert [(u.unit, u.area, u.voter, u.phone) for u in read.units] == [
        ("3幢1单元402", "89.60", "张三", "+8613800002046"),
        ("3幢1单元401", "100.00", "王五", ""),
    ]
    assert read.errors == [(4, "缺房号。")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("101", "", "张三"), "面积"),
        (("101", "1,234.5", "张三"), "面积"),
        (("101", "89,60", "张三"), "面积"),
        (("101", 89.605, "张三"), "面积"),
        (("101", -1, "张三"), "面积"),
        (("101", "-1.5", "张三"), "面积"),
        (("101", "1.5e50", "张三"), "面积"),
        (("101", "1.5e400", "张三"), "面积"),
        (("101", "1234567890.12", "张三"), "面积"),
        (("101", "=1+1", "张三"), "面积"),
        (("101", 50, ""), "投票人"),
        (("102", 50, "张三"), "两次"),
        (("101", 50, "张三", "", "123"), "电话"),
    ],
)
def test_what_is_wrong_with_a_line_is_said(line: tuple, words: str) -> None:
    read = read_roll(sheet(("房号", "面积", "业主", "投票人", "手机"), ("102", 60, "李四"), line))
    assert len(read.units) == 1 and read.errors[0][0] == 3 and words in read.errors[0][1]


@pytest.mark.parametrize("content", [b"", b"PK", b"\xd0\xc4\xfe", "房号,面积".encode("gbk")])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    assert code_of(lambda: read_roll(content)) == "unreadable"
    assert code_of(lambda: read_roll(sheet(("门牌", "平米")))) == "no_columns"


def test_a_roll_off_by_more_than_one_in_a_hundred_is_said(cast: Cast) -> None:
    estate = cast.building.estate
    vote = draft(cast, 3, estate=estate)
    units = [unit(n) for n in (1, 2, 3)]
    for area, off in ((None, None), ("300.00", None), ("303.00", None), ("303.10", Decimal("300.00"))):
        estate.area_m2 = area and Decimal(area)
        assert differs_from_estate(vote, units) == off


def test_opening_refuses_what_cannot_be_voted_on(cast: Cast) -> None:
    empty = draft(cast, [])
    assert code_of(lambda: open_vote(empty, by=cast.manager, at=MONDAY)) == "empty_roll"
    hollow = draft(cast, [unit(1), unit(2, area="0.00")])
    assert code_of(lambda: open_vote(hollow, by=cast.manager, at=MONDAY)) == "unit_without_area"
    late = draft(cast)
    assert code_of(lambda: open_vote(late, by=cast.manager, at=AFTER)) == "closes_before_it_opens"
    topic = topic_alone(cast.home, title="x", by=cast.manager, at=MONDAY)
    times = {"opens_at": CLOSES, "closes_at": MONDAY + SECOND, "kind": "poll", "question": "?"}
    assert code_of(lambda: draw_up_vote(topic, by=cast.manager, at=MONDAY, **times)) == "closes_before_it_opens"
    residents = draft(cast, [unit(1, area="0.00")], kind="residents")  # heads alone count
    open_vote(residents, by=cast.manager, at=MONDAY)
    assert not Vote.objects.get(pk=residents.pk).is_special


def test_once_open_the_roll_is_frozen(cast: Cast) -> None:
    vote = make_vote(cast)
    with pytest.raises(Changed):
        put_roll(vote, [unit(9)], by=cast.manager, at=LATER)
    with pytest.raises(Changed):
        open_vote(vote, by=cast.manager, at=LATER)
    assert code_of(lambda: go_on(vote, closes_at=CLOSES, by=cast.manager, at=LATER)) == "not_later"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE deliberations_rollentry SET area = 1",
        "UPDATE deliberations_rollentry SET unit = unit || 'x'",
        "UPDATE deliberations_rollentry SET voter = '别人'",
        "UPDATE deliberations_rollentry SET phone = '+8613900000000'",
        "DELETE FROM deliberations_rollentry",
        "INSERT INTO deliberations_rollentry (vote_id, unit, owners, voter, voter_key, phone, area) SELECT id, 'x', '', 'x', 'x', '', 1 FROM deliberations_vote",
        "UPDATE deliberations_vote SET question = '别的'",
        "UPDATE deliberations_vote SET is_special = NOT is_special",
        "UPDATE deliberations_vote SET heads = 'person'",
        "UPDATE deliberations_vote SET closes_at = closes_at - interval '1 day'",
        "UPDATE deliberations_vote SET roll_frozen_at = NULL",
        "UPDATE deliberations_vote SET confirmed_at = closes_at, outcome = 'passed'",
        "UPDATE deliberations_vote SET outcome = 'passed'",
        "DELETE FROM deliberations_vote",
        "UPDATE deliberations_ballot SET choice = 'no'",
        "UPDATE deliberations_ballot SET cast_at = cast_at - interval '1 hour'",
        "DELETE FROM deliberations_ballot",
        "INSERT INTO deliberations_ballot (entry_id, choice, channel, cast_at, recorded_at) SELECT entry_id, 'no', 'link', cast_at, recorded_at FROM deliberations_ballot",
        "INSERT INTO deliberations_ballot (entry_id, choice, channel, cast_at, recorded_at, superseded_at) SELECT entry_id, 'no', 'link', cast_at + interval '1 year', recorded_at, recorded_at FROM deliberations_ballot",
        "INSERT INTO deliberations_ballot (entry_id, choice, channel, cast_at, recorded_at, superseded_at) SELECT entry_id, 'no', 'paper', cast_at, recorded_at, recorded_at FROM deliberations_ballot",
    ],
)
def test_the_database_keeps_roll_vote_and_ballots(cast: Cast, sql: str) -> None:
    cast_on_paper(cast, make_vote(cast), 1, "yes")
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("area", ["", ", area = 0"])
def test_the_database_opens_nothing_without_a_roll(cast: Cast, area: str) -> None:
    vote = draft(cast, [unit(1, area="0.00")] if area else [])
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.filter(pk=vote.pk).update(roll_frozen_at=MONDAY)


# ---- ballots ---------------------------------------------------------------------------------------------------


def test_in_time_is_until_the_closing_second(cast: Cast) -> None:
    vote = make_vote(cast)
    cast_on_paper(cast, vote, 1, "yes", cast_at=CLOSES, at=AFTER)
    assert code_of(lambda: cast_on_paper(cast, vote, 2, "yes", cast_at=CLOSES + SECOND, at=AFTER)) == "closed"
    assert code_of(lambda: cast_on_paper(cast, vote, 2, "yes", cast_at=MONDAY - SECOND)) == "not_open"
    assert code_of(lambda: cast_on_paper(cast, vote, 2, "yes", cast_at=LATER + SECOND)) == "in_the_future"
    assert count(vote).tally.voted == Amount(1, 10_000)


def test_paper_needs_its_picture_and_a_choice(cast: Cast) -> None:
    vote = make_vote(cast)
    assert code_of(lambda: cast_on_paper(cast, vote, 1, "yes", proof=None)) == "no_proof"
    assert code_of(lambda: cast_on_paper(cast, vote, 1, "maybe")) == "no_choice"
    assert code_of(lambda: cast_on_paper(cast, vote, 1, "yes", channel="link")) == "bad_channel"
    (ballot,) = cast_on_paper(cast, vote, 1, "yes")
    assert Attachment.objects.get() == ballot.proof and not ballot.proof.is_public


def test_the_one_that_was_cast_last_counts_whenever_it_is_written_down(cast: Cast) -> None:
    vote = make_vote(cast)
    cast_on_paper(cast, vote, 1, "yes", cast_at=LATER)
    cast_on_paper(cast, vote, 1, "no", cast_at=LATER - SECOND)  # an older paper that turned up
    assert count(vote).tally.yes.heads == 1
    cast_on_paper(cast, vote, 1, "abstain", cast_at=LATER)  # of two at the same moment the later written down
    assert (count(vote).tally.abstain.heads, count(vote).tally.voted.heads) == (1, 1)
    assert Ballot.objects.count() == 3


moments = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["yes", "no", "abstain"])), min_size=1, max_size=6)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(moments)
def test_whatever_the_order_of_writing_down(cast: Cast, told: list[tuple[int, str]]) -> None:
    vote = make_vote(cast, 1)
    for hours, choice in told:
        cast_on_paper(cast, vote, 1, choice, cast_at=MONDAY + dt.timedelta(hours=hours))
    newest = max(hours for hours, _choice in told)
    last = [choice for hours, choice in told if hours == newest][-1]
    current = Ballot.objects.get(entry__vote=vote, superseded_at__isnull=True)
    assert current.choice == last and Ballot.objects.filter(entry__vote=vote).count() == len(told)


ballots = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from(["yes", "no", "abstain"]), st.sampled_from(["paper", "door"])),
    max_size=12,
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(ballots, st.sampled_from(["unit", "person"]))
def test_channels_add_up_to_all_who_voted(cast: Cast, told: list[tuple[int, str, str]], heads: str) -> None:
    same = {"voter": "张三", "phone": "+8613800000009"}
    vote = make_vote(cast, [unit(1, **same), unit(2, **same), *(unit(n) for n in range(3, 6))], heads=heads)
    for number, choice, channel in told:
        cast_on_paper(cast, vote, number, choice, channel=channel)
    counted = count(vote)
    assert sum(counted.channels.values()) == counted.tally.voted.heads
    assert counted.tally.roll == Amount(5 if heads == "unit" else 4, 50_000)


def test_one_person_with_two_flats_by_unit_and_by_person(cast: Cast) -> None:
    same = {"voter": "张三", "phone": "+8613800000009"}
    units = [unit(1, **same), unit(2, **same), unit(3)]
    by_unit = make_vote(cast, units)
    cast_on_paper(cast, by_unit, 1, "yes")
    assert count(by_unit).tally.voted == Amount(1, 10_000)
    by_person = make_vote(cast, units, heads="person")
    assert len(cast_on_paper(cast, by_person, 1, "yes")) == 2
    counted = count(by_person).tally
    assert (counted.roll, counted.voted) == (Amount(2, 30_000), Amount(1, 20_000))
    cast_on_paper(cast, by_person, 2, "no", at=LATER + SECOND, cast_at=LATER + SECOND)
    assert count(by_person).tally.no == Amount(1, 20_000)


def test_turnout_is_said_as_it_is(cast: Cast) -> None:
    """还差 12 户 / 830.50 ㎡ 才有效: 138 flats of which 80 voted."""
    areas = ["92.61"] * 79 + ["93.31"] + ["85.35"] * 58
    vote = make_vote(cast, [unit(n + 1, area=area) for n, area in enumerate(areas)])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO deliberations_ballot (entry_id, choice, channel, cast_at, recorded_by_id, recorded_at)"
            " SELECT id, 'yes', 'door', %s, %s, %s FROM deliberations_rollentry ORDER BY id LIMIT 80",
            [LATER, cast.officer.pk, LATER],
        )
    counted = count(vote)
    roll = sum(round(float(area) * 100) for area in areas)
    voted = sum(round(float(area) * 100) for area in areas[:80])
    short = (roll * 2 + 2) // 3 - voted
    assert counted.missing == f"还差 12 户 / {short / 100:,.2f} ㎡ 才有效"
    assert counted.channels == {"door": 80}


def test_a_count_costs_one_statement(cast: Cast, django_assert_num_queries) -> None:
    vote = make_vote(cast, 30)
    for number in range(1, 6):
        cast_on_paper(cast, vote, number, "yes")
    with django_assert_num_queries(1):
        count(vote)


# ---- the end ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "outcome"),
    [
        (["yes", "yes"], "passed"),
        (["yes"], "invalid"),
        (["yes", "no"], "refused"),
        (["abstain", "abstain", "abstain"], "refused"),
        ([], "invalid"),
    ],
)
def test_the_outcome_is_confirmed_after_the_end(cast: Cast, choices: list[str], outcome: str) -> None:
    vote = make_vote(cast)
    for number, choice in enumerate(choices, start=1):
        cast_on_paper(cast, vote, number, choice)
    assert code_of(lambda: confirm_count(vote, by=cast.manager, at=CLOSES)) == "not_closed"
    assert confirm_count(vote, by=cast.manager, at=AFTER) == outcome == vote.outcome
    assert read_again(vote) == count(vote) == standing_of(vote)
    with pytest.raises(Changed):
        confirm_count(vote, by=cast.manager, at=AFTER)
    with pytest.raises(Changed):
        cast_on_paper(cast, vote, 3, "yes", at=AFTER)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO deliberations_ballot (entry_id, choice, channel, cast_at, recorded_at, superseded_at)"
            " SELECT id, 'yes', 'link', %s, %s, %s FROM deliberations_rollentry WHERE unit = '301'",
            [LATER, AFTER, AFTER],
        )


def test_too_few_is_no_no_and_may_go_on(cast: Cast) -> None:
    vote = make_vote(cast)
    cast_on_paper(cast, vote, 1, "yes")
    assert count(vote).missing == "还差 1 户 / 100.00 ㎡ 才有效"
    go_on(vote, closes_at=CLOSES + dt.timedelta(days=7), by=cast.manager, at=AFTER)
    cast_on_paper(cast, vote, 2, "yes", cast_at=AFTER, at=AFTER)
    assert count(vote).missing == ""
    assert confirm_count(vote, by=cast.manager, at=AFTER + dt.timedelta(days=7)) == "passed"


def test_a_poll_informs_and_decides_nothing(cast: Cast) -> None:
    vote = make_vote(cast, kind="poll")
    cast_on_paper(cast, vote, 1, "no")
    assert confirm_count(vote, by=cast.manager, at=AFTER) == "none"


def test_given_up_says_why_and_takes_nothing_more(cast: Cast) -> None:
    vote = make_vote(cast)
    assert code_of(lambda: give_up_vote(vote, words="", by=cast.manager, at=LATER)) == "no_words"
    give_up_vote(vote, words="换地方了", by=cast.manager, at=LATER)
    with pytest.raises(Changed):
        cast_on_paper(cast, vote, 1, "yes")
    with pytest.raises(Changed):
        give_up_vote(vote, words="再一次", by=cast.manager, at=LATER)


def test_who_may(cast: Cast) -> None:
    topic = topic_alone(cast.home, title="x", by=cast.manager, at=MONDAY)
    times = {"opens_at": MONDAY, "closes_at": CLOSES, "kind": "poll", "question": "行吗"}
    for who in (cast.reception, cast.officer, cast.stranger, cast.elder_account):
        with pytest.raises(NotAllowed):
            draw_up_vote(topic, by=who, at=MONDAY, **times)
    for who in (cast.street_officer, make_member(Role.CHARGING, community=cast.home), cast.admin):
        draw_up_vote(topic, by=who, at=MONDAY, **times)
    vote = make_vote(cast)
    for who in (cast.stranger, cast.elder_account):
        with pytest.raises(NotAllowed):
            cast_on_paper(cast, vote, 1, "yes", by=who)
    assert Vote.objects.visible_to(cast.officer).count() == 4 and not Vote.objects.visible_to(cast.stranger).exists()


@pytest.mark.usefixtures("toy")
def test_any_flow_asks_for_its_outcome(cast: Cast) -> None:
    loan, other = borrow(cast), borrow(cast)
    assert vote_of(loan) is None and not is_carried(loan)
    first = make_vote(cast, topic=topic_of(loan))
    give_up_vote(first, words="重来", by=cast.manager, at=LATER)
    vote = make_vote(cast, topic=topic_of(loan))
    assert vote_of(loan) == vote and list(votes_of(loan)) == [vote, first] and vote_of(other) is None
    for number in (1, 2):
        cast_on_paper(cast, vote, number, "yes")
    assert not is_carried(loan)
    confirm_count(vote, by=cast.manager, at=AFTER)
    assert is_carried(loan) and not is_carried(other)
    kinds = Event.objects.filter(case=loan.case, flow=loan.flow.name).values_list("kind", flat=True)
    assert {"vote_opened", "vote_counted", "vote_given_up"} <= set(kinds)


def test_links_are_for_one_voter_until_the_count(cast: Cast) -> None:
    vote = make_vote(cast)
    entry = vote.roll.first()
    make_link(entry, by=cast.manager, at=LATER)
    old = BallotLink.objects.get()
    make_link(entry, by=cast.manager, at=LATER)
    with pytest.raises(Changed):
        cast_by_link(old, choice="yes", at=LATER)
    live = BallotLink.objects.get(revoked_at__isnull=True)
    cast_by_link(live, choice="yes", at=LATER)
    cast_by_link(live, choice="no", at=LATER + SECOND)
    assert count(vote).tally.no.heads == 1
    confirm_count(vote, by=cast.manager, at=AFTER)
    assert not BallotLink.objects.filter(revoked_at__isnull=True).exists()


def test_names_go_five_years_after_the_count(cast: Cast) -> None:
    vote = make_vote(cast)
    cast_on_paper(cast, vote, 1, "yes")
    confirm_count(vote, by=cast.manager, at=AFTER)
    before = count(vote)
    years = dt.timedelta(days=365)
    assert sweep(at=AFTER + 4 * years)["rolls"] == 0
    assert sweep(at=AFTER + 5 * years + dt.timedelta(days=1))["rolls"] == 3
    assert set(RollEntry.objects.values_list("voter", "owners", "phone")) == {(NOBODY, "", "")}
    assert count(vote) == before
    assert sweep(at=AFTER + 5 * years + dt.timedelta(days=1))["rolls"] == 0
