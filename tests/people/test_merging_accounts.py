"""A merge hands nobody's file to a stranger: an account comes along with proof, or because staff saw who it is and said how."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import caches

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.agreements import bookings_concerning
from community_portal.casework.models import Case
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import deliver_due
from community_portal.people.actions import grant_delegation, open_own_file
from community_portal.people.models import Contact, Delegation, FileMerge, Resident, User
from community_portal.people.own_account.actions import let_family_act
from community_portal.people.own_account.linking import likely_file, link_account
from community_portal.people.register.accounts_of_merge import ANSWERED, onlookers
from community_portal.people.register.merging import merge_residents, unmerge
from community_portal.people.register.retention import sweep
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_category, make_resident_account, make_session, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
STRANGER, ELDER = "+8613812340000", "+8613800002046"
BORN, SEEN = "19500101", "本人到场，看了身份证原件"


@pytest.fixture
def stranger(cast: Cast) -> User:
    """Whoever opened a file in the elder's name, on a phone of their own; the elder never signs in."""
    caches["default"].clear()
    User.objects.filter(pk=cast.elder_account.pk).update(resident=None, phone=None)
    user = make_user(phone=STRANGER, phone_verified_at=clock.now())
    open_own_file(user, community=cast.home, name="陈平", at=clock.now())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def case(cast: Cast, stranger: User) -> Case:
    """What the house keeps of the elder."""
    return register_request(
        community=cast.home, category=make_category(), words="下不了楼", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    ).case  # fmt: skip


def merge(cast: Cast, stranger: User, *, kept: str = "elder", **over: Any) -> FileMerge:
    own = Resident.objects.get(registered_by=stranger)
    files = {"kept": cast.elder, "merged": own} if kept == "elder" else {"kept": own, "merged": cast.elder}
    return merge_residents(**files, by=cast.reception, at=clock.now(), **over)


def sees(user: User, case: Case) -> bool:
    user = User.objects.get(pk=user.pk)
    return case in Case.objects.concerning(user) or case.resident in Resident.objects.visible_to(user)


@pytest.mark.parametrize("kept", ["elder", "own"])
def test_without_proof_the_account_parts_from_its_file_whichever_is_kept(
    cast: Cast, stranger: User, case: Case, signed_in: SignedIn, kept: str
) -> None:
    row = merge(cast, stranger, kept=kept)
    assert User.objects.get(pk=stranger.pk).resident is None and row.how_known == ""
    assert not sees(stranger, case)
    assert signed_in(stranger).get(f"/my/requests/{case.number}/").status_code == 404
    numbers = {contact.phone for contact in row.kept.contacts.all()}
    assert numbers == {ELDER}, "a number through which one could tie oneself to the file"
    assert row.kept.contacts.get(is_primary=True).phone == ELDER
    assert likely_file(User.objects.get(pk=stranger.pk)) is None
    with pytest.raises(NotAllowed):
        link_account(User.objects.get(pk=stranger.pk), row.kept, proof=BORN, at=clock.now())


@pytest.mark.parametrize("kept", ["elder", "own"])
def test_taken_back_all_is_as_it_was(cast: Cast, stranger: User, case: Case, kept: str) -> None:
    daughter = let_family_act(
        stranger, phone="+8613812349999", relation="女儿", scopes=["read"], ends_on=None, at=clock.now()
    )
    before = {file.pk: numbers_of(file) for file in (cast.elder, stranger.resident)}
    row = merge(cast, stranger, kept=kept)
    unmerge(row, by=cast.reception, at=clock.now())
    account = User.objects.get(pk=stranger.pk)
    assert account.resident == stranger.resident and not sees(account, case)
    assert {file.pk: numbers_of(file) for file in (cast.elder, stranger.resident)} == before
    daughter.refresh_from_db()
    assert (daughter.revoked_at, daughter.principal) == (None, stranger.resident)


def numbers_of(file: Resident) -> list[tuple[str, bool]]:
    return sorted(Contact.objects.filter(resident=file).values_list("phone", "is_primary"))


def test_what_came_since_is_not_overwritten_when_it_is_taken_back(cast: Cast, stranger: User) -> None:
    row = merge(cast, stranger)
    fresh = open_own_file(User.objects.get(pk=stranger.pk), community=cast.home, name="王五", at=clock.now())
    unmerge(row, by=cast.reception, at=clock.now())
    assert User.objects.get(pk=stranger.pk).resident == fresh


@pytest.mark.parametrize("kept", ["elder", "own"])
def test_with_the_words_of_staff_it_comes_along_and_they_are_kept(
    cast: Cast, stranger: User, case: Case, kept: str
) -> None:
    row = merge(cast, stranger, kept=kept, statement=f" {SEEN} ")
    assert User.objects.get(pk=stranger.pk).resident == row.kept and sees(stranger, case)
    assert FileMerge.objects.get().how_known == SEEN
    assert {contact.phone for contact in row.kept.contacts.all()} == {ELDER, STRANGER}


def test_with_the_proof_that_tying_asks_it_comes_along(cast: Cast, stranger: User, case: Case) -> None:
    for wrong in (BORN, "19500102", "046X"):
        with pytest.raises(Refusal) as refused:  # the number is not on the elder's file
            merge(cast, stranger, proof=wrong)
        assert (refused.value.code, refused.value.field) == ("does_not_fit", "proof")
    Contact.objects.create(resident=cast.elder, phone=STRANGER)
    with pytest.raises(Refusal):
        merge(cast, stranger, proof="19500102")
    row = merge(cast, stranger, proof="1950年1月1日")
    assert sees(stranger, case) and (row.how_known, BORN in row.how_known) == (ANSWERED, False)


@pytest.mark.parametrize("statement", ["看", "  ok "])
def test_a_statement_says_something(cast: Cast, stranger: User, statement: str) -> None:
    with pytest.raises(Refusal, match="看到了什么") as refused:
        merge(cast, stranger, statement=statement)
    assert refused.value.field == "statement" and not FileMerge.objects.exists()


def test_whom_the_stranger_let_act_does_not_come_along_either(cast: Cast, stranger: User, case: Case) -> None:
    let_family_act(stranger, phone="+8613812349999", relation="女儿", scopes=["read"], ends_on=None, at=clock.now())
    friend = User.objects.get(phone="+8613812349999")
    merge(cast, stranger)
    assert not sees(friend, case) and not Delegation.objects.filter(revoked_at__isnull=True).exists()


def test_whom_staff_wrote_down_comes_along_as_before(cast: Cast, stranger: User, case: Case) -> None:
    daughter = make_user(phone="+8613812349999")
    grant_delegation(
        principal=Resident.objects.get(registered_by=stranger), agent=daughter, relation="女儿", scopes=["read"],
        proof="当面", by=cast.reception, at=clock.now(),
    )  # fmt: skip
    merge(cast, stranger)
    assert sees(daughter, case)


def test_an_account_that_was_tied_with_proof_stays_unless_the_files_speak_against_it(
    cast: Cast, stranger: User, case: Case
) -> None:
    tied = make_resident_account(cast.elder, phone="+8613812347777")
    double = Resident.objects.create(community=cast.home, name="陈平", registered_at=clock.now())
    assert [one.must_prove for one in onlookers(cast.elder, double)] == [False]
    merge_residents(kept=cast.elder, merged=double, by=cast.reception, at=clock.now())
    assert User.objects.get(pk=tied.pk).resident == cast.elder
    other = Resident.objects.create(community=cast.home, name="陈萍", registered_at=clock.now())
    elder = Resident.objects.get(pk=cast.elder.pk)
    merge_residents(kept=other, merged=elder, by=cast.reception, at=clock.now(), choices={"name": "kept"})
    assert User.objects.get(pk=tied.pk).resident is None


def test_both_accounts_part_or_both_come(cast: Cast, stranger: User) -> None:
    second = make_user(phone="+8613812341111", phone_verified_at=clock.now())
    own = open_own_file(second, community=cast.home, name="陈平", at=clock.now())
    mine = Resident.objects.get(registered_by=stranger)
    row = merge_residents(kept=mine, merged=own, by=cast.reception, at=clock.now())
    assert not User.objects.filter(resident__isnull=False, pk__in=[stranger.pk, second.pk]).exists()
    unmerge(row, by=cast.reception, at=clock.now())
    files = dict(User.objects.filter(pk__in=[stranger.pk, second.pk]).values_list("pk", "resident"))
    assert files == {stranger.pk: mine.pk, second.pk: own.pk}
    mine, own = Resident.objects.get(pk=mine.pk), Resident.objects.get(pk=own.pk)
    merge_residents(kept=mine, merged=own, by=cast.reception, at=clock.now(), statement=SEEN)
    assert User.objects.get(pk=stranger.pk).resident == mine
    assert list(
        User.objects.get(pk=second.pk).acts_for.filter(revoked_at=None).values_list("principal", flat=True)
    ) == [mine.pk]


# ---- who is told -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kept", ["elder", "own"])
@pytest.mark.parametrize("statement", ["", SEEN])
def test_the_number_of_the_file_is_told_and_the_account_that_parted(
    cast: Cast, stranger: User, kept: str, statement: str
) -> None:
    merge(cast, stranger, kept=kept, statement=statement)
    told = Message.objects.filter(kind="files_merged", address=ELDER)
    assert told.count() == 1 and ("138****0000" in told.get().context["who"]) is bool(statement)
    parted = Message.objects.filter(kind="file_parted")
    assert [(one.channel, one.user) for one in parted] == ([] if statement else [("screen", stranger)])
    deliver_due(at=clock.at_wall(clock.today() + 24 * HOUR, dt.time(12)))
    assert told.get().state == "sent" and "合成了一份" in told.get().body


def test_a_merge_taken_back_before_it_was_told_is_not_told(cast: Cast, stranger: User) -> None:
    unmerge(merge(cast, stranger), by=cast.reception, at=clock.now())
    deliver_due(at=clock.at_wall(clock.today() + 24 * HOUR, dt.time(12)))
    assert set(Message.objects.filter(subject__startswith="merge:").values_list("state", flat=True)) == {"cancelled"}


def test_where_no_account_is_nobody_is_told(cast: Cast, stranger: User) -> None:
    double = Resident.objects.create(community=cast.home, name="陈平", registered_at=clock.now())
    merge_residents(kept=cast.elder, merged=double, by=cast.reception, at=clock.now())
    assert not Message.objects.filter(subject__startswith="merge:").exists()


# ---- on the page -------------------------------------------------------------------------------------------------


def test_the_preview_names_the_account_and_what_it_will_see(
    cast: Cast, stranger: User, case: Case, signed_in: SignedIn
) -> None:
    desk, own = signed_in(cast.reception), stranger.resident
    url = f"/residents/{cast.elder.pk}/merge/"
    page = desk.get(url, {"other": own.pk}).content.decode()
    assert "138 1234 0000 陈平" in page and "自己在手机上开的" in page and "龙田花苑" in page
    sent = {"other": own.pk, "seen": desk.get(url, {"other": own.pk}).context["seen"]}
    refused = desk.post(url, sent | {"proof": "19500102"})
    assert refused.status_code == 422 and 'value="19500102"' in refused.content.decode()
    assert "没有对上" in str(refused.context["form"].errors["proof"])
    assert desk.post(url, sent | {"statement": SEEN}).status_code == 303
    assert sees(stranger, case) and SEEN in desk.get(f"/residents/{cast.elder.pk}/").content.decode()


def test_an_account_that_came_after_the_preview_is_looked_at_again(
    cast: Cast, stranger: User, signed_in: SignedIn
) -> None:
    desk, url = signed_in(cast.reception), f"/residents/{cast.elder.pk}/merge/"
    sent = {"other": stranger.resident_id, "seen": desk.get(url, {"other": stranger.resident_id}).context["seen"]}
    Resident.objects.filter(pk=cast.elder.pk).update(name="陈萍")
    make_resident_account(cast.elder, phone="+8613812347777")
    sent |= {"statement": SEEN, "choose_name": "kept"}
    assert desk.post(url, sent).status_code == 409 and not FileMerge.objects.exists()


def test_files_without_accounts_ask_for_nothing_more(cast: Cast, stranger: User, signed_in: SignedIn) -> None:
    double = Resident.objects.create(community=cast.home, name="陈平", registered_at=clock.now())
    page = signed_in(cast.reception).get(f"/residents/{cast.elder.pk}/merge/?other={double.pk}").content.decode()
    assert "账号" not in page.partition('id="main"')[2] and 'name="statement"' not in page


def test_what_staff_saw_is_forgotten_with_the_person(cast: Cast, stranger: User) -> None:
    merge(cast, stranger, statement=SEEN)
    Resident.objects.filter(pk=cast.elder.pk).update(moved_out_on="2020-01-01")
    sweep(at=clock.now())
    assert FileMerge.objects.get().how_known == ""


def test_bookings_ahead_go_along_and_are_not_the_stranger_s(cast: Cast, stranger: User) -> None:
    booked = book(session=make_session(community=cast.home), resident=cast.elder, by=cast.reception, at=clock.now())
    merge(cast, stranger, kept="own")
    booked.refresh_from_db()
    assert booked.resident == stranger.resident, "on the kept file"
    assert booked not in bookings_concerning(User.objects.get(pk=stranger.pk))
