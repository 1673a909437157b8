"""What two files say differently is shown and chosen before they are merged, whatever it is; nothing goes in silence, and taken
back all is as it was."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.people.actions import grant_delegation
from community_portal.people.models import Consent, Contact, FileMerge, Purpose, Resident, User
from community_portal.people.own_account.consents import (
    WORDINGS,
    give_consent,
    numbers_for_messages,
    standings_of,
    withdraw_consent,
)
from community_portal.people.register import differences
from community_portal.people.register.differences import KEPT, MERGED, preview, to_choose
from community_portal.people.register.merging import merge_residents, unmerge
from community_portal.refusals import Refusal
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_household, make_resident, make_user
from tests.people.id_numbers import number_for

MOBILE, OTHER = "+8613800002046", "+8613811112222"
NEW_YEAR = dt.date(2027, 1, 1)
SCALARS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "name": ({"name": "陈平"}, {"name": "陈萍"}),
    "sex": ({"sex": "m"}, {"sex": "f"}),
    "born_on": ({"born_on": dt.date(1950, 1, 1)}, {"born_on": dt.date(1950, 1, 1), "born_in_lunar": True}),
    "language": ({"language": "zh-hans"}, {"language": "en"}),
    "standing": ({"moved_out_on": dt.date(2026, 1, 2)}, {"deceased_on": dt.date(2026, 1, 3)}),
    "id_type": ({"id_type": "resident"}, {"id_type": "permit"}),
}


@pytest.fixture
def twin(cast: Cast) -> Resident:
    """A second file of the elder, with the same number."""
    return make_resident(household=cast.household, name="陈平", phone=MOBILE)


def merge(cast: Cast, twin: Resident, **choices: str) -> FileMerge:
    return merge_residents(kept=cast.elder, merged=twin, by=cast.reception, at=clock.now(), choices=choices)


def everything(file: Resident) -> dict[str, Any]:
    """All that is told of a file, also by its consents, numbers and delegations."""
    row = Resident.objects.filter(pk=file.pk).values().get()
    row.pop("version")
    numbers = Contact.objects.filter(resident=file).values_list(
        "phone", "owner", "relation", "is_primary", "wants_messages"
    )
    consents = Consent.objects.filter(resident=file).values_list("purpose", "withdrawn_at", "withdrawn_by")
    delegations = file.delegations.values_list("pk", "revoked_at")
    return row | {"numbers": set(numbers), "consents": set(consents), "delegations": set(delegations)}


def refused_at(cast: Cast, twin: Resident, **choices: str) -> str:
    with pytest.raises(Refusal) as refused:
        merge(cast, twin, **choices)
    assert refused.value.code == "not_chosen" and not FileMerge.objects.exists()
    return refused.value.field


def put(file: Resident, **values: Any) -> None:
    number = number_for(born="19500101", serial="003")
    Resident.objects.filter(pk=file.pk).update(**values | {"id_number": number} if "id_type" in values else values)
    file.refresh_from_db()


def test_alike_files_ask_for_nothing(cast: Cast, twin: Resident) -> None:
    assert to_choose(cast.elder, twin) == []
    merge(cast, twin)


@pytest.mark.parametrize("key", SCALARS)
def test_each_part_of_a_file_is_shown_chosen_and_taken_back(key: str, cast: Cast, twin: Resident) -> None:
    for file, values in zip((cast.elder, twin), SCALARS[key], strict=True):
        put(file, **values)
    before = everything(cast.elder), everything(twin)
    [line] = to_choose(cast.elder, twin)
    assert (line.key, line.kept != line.merged) == (key, True)
    assert refused_at(cast, twin) == f"choose_{key}"
    for choice, file in ((KEPT, cast.elder), (MERGED, twin)):
        wanted = {column: everything(file)[column] for column in {**SCALARS[key][0], **SCALARS[key][1]}}
        row = merge(cast, twin, **{key: choice})
        now = everything(cast.elder)
        assert {column: now[column] for column in wanted} == wanted
        assert key != "name" or now["initials"] == "cp"
        unmerge(row, by=cast.reception, at=clock.now())
        assert (everything(cast.elder), everything(twin)) == before
        FileMerge.objects.all().delete()


def test_another_home_is_chosen_and_search_finds_it_there(cast: Cast, twin: Resident) -> None:
    home = make_household(building=cast.building, room="602")
    put(twin, household=home)
    before = everything(cast.elder)
    assert refused_at(cast, twin) == "choose_household"
    row = merge(cast, twin, household=MERGED)
    now = Resident.objects.get(pk=cast.elder.pk)
    assert (now.household, now.door) == (home, "12-602")
    unmerge(row, by=cast.reception, at=clock.now())
    assert everything(cast.elder) == before


def test_both_notes_are_kept_one_after_the_other(cast: Cast, twin: Resident) -> None:
    put(cast.elder, note="耳背")
    put(twin, note="敲门要等")
    row = merge(cast, twin)
    assert Resident.objects.get(pk=cast.elder.pk).note == "耳背；敲门要等"
    unmerge(row, by=cast.reception, at=clock.now())
    assert Resident.objects.get(pk=cast.elder.pk).note == "耳背"
    put(twin, note="长" * 299)
    with pytest.raises(Refusal) as refused:
        merge(cast, twin)
    assert refused.value.code == "notes_too_long"


@pytest.mark.parametrize("which", ["owner", "wants_messages"])
def test_of_a_number_on_both_it_is_chosen_whose_it_is_and_whether_it_takes_messages(
    which: str, cast: Cast, twin: Resident
) -> None:
    said = {"owner": "陈红", "relation": "女儿"} if which == "owner" else {"wants_messages": False}
    twin.contacts.update(**said)
    before, key = everything(cast.elder), f"phone_{twin.contacts.get().pk}"
    assert refused_at(cast, twin) == f"choose_{key}"
    row = merge(cast, twin, **{key: MERGED})
    [number] = Contact.objects.filter(resident=cast.elder)
    assert {name: getattr(number, name) for name in said} == said
    assert (numbers_for_messages(cast.elder) == []) == (which == "wants_messages")
    unmerge(row, by=cast.reception, at=clock.now())
    assert everything(cast.elder) == before


@pytest.mark.parametrize(("choice", "first"), [(KEPT, MOBILE), (MERGED, OTHER)])
def test_which_number_is_rung_first_is_chosen(choice: str, first: str, cast: Cast, twin: Resident) -> None:
    twin.contacts.update(phone=OTHER)
    before = everything(cast.elder)
    [line] = to_choose(cast.elder, twin)
    assert (line.key, line.usual) == ("first_number", KEPT), "the kept file's, unless somebody says otherwise"
    row = merge(cast, twin, first_number=choice)
    assert Contact.objects.get(resident=cast.elder, is_primary=True).phone == first
    assert {number.phone for number in Contact.objects.filter(resident=cast.elder)} == {MOBILE, OTHER}
    unmerge(row, by=cast.reception, at=clock.now())
    assert everything(cast.elder) == before


@pytest.mark.parametrize("agrees", ["elder", "twin"])
@pytest.mark.parametrize("yes", [True, False])
def test_where_one_file_agreed_and_the_other_refused_it_is_chosen(
    agrees: str, yes: bool, cast: Cast, twin: Resident
) -> None:
    """Until now whoever said no once heard nothing, or was written to again, as it happened."""
    gave, refused = (cast.elder, twin) if agrees == "elder" else (twin, cast.elder)
    at, version = clock.now(), WORDINGS[Purpose.SMS].version
    give_consent(gave, purpose="sms", version=version, channel="desk", by=cast.reception, at=at)
    withdraw_consent(refused, purpose="sms", by=cast.reception, at=at)
    before = everything(cast.elder), everything(twin)
    assert refused_at(cast, twin) == "choose_consent_sms"
    choice = KEPT if (gave if yes else refused) == cast.elder else MERGED
    row = merge(cast, twin, consent_sms=choice)
    standing = next(one for one in standings_of(cast.elder) if one.purpose == "sms")
    assert (standing.live is not None, bool(numbers_for_messages(cast.elder))) == (yes, yes)
    unmerge(row, by=cast.reception, at=clock.now())
    assert (everything(cast.elder), everything(twin)) == before


@pytest.mark.parametrize("choice", [KEPT, MERGED])
def test_how_far_somebody_may_act_for_both_is_chosen(choice: str, cast: Cast, twin: Resident) -> None:
    daughter = make_user(name="陈红", phone=OTHER)
    grant(cast, cast.elder, daughter, scopes=["read"], ends_on=None)
    grant(cast, twin, daughter, scopes=["book", "read"], ends_on=NEW_YEAR)
    before = everything(cast.elder), everything(twin)
    key = f"agent_{daughter.pk}"
    [line] = to_choose(cast.elder, twin)
    assert line.key == key and "陈红" in str(line.label) and "2027-01-01" in line.merged
    assert refused_at(cast, twin) == f"choose_{key}"
    row = merge(cast, twin, **{key: choice})
    [live] = cast.elder.delegations.filter(revoked_at__isnull=True)
    assert live.scopes == (["read"] if choice == KEPT else ["book", "read"])
    unmerge(row, by=cast.reception, at=clock.now())
    assert (everything(cast.elder), everything(twin)) == before


def grant(cast: Cast, principal: Resident, agent: User, **over: Any) -> None:
    about = {"relation": "女儿", "proof": "当面", "by": cast.reception, "at": clock.now()}
    grant_delegation(principal=principal, agent=agent, **about | over)


@pytest.mark.parametrize("closed", ["deceased_on", "moved_out_on"])
@pytest.mark.parametrize("which", ["elder", "twin"])
def test_one_that_is_closed_and_one_that_is_not_are_made_alike_first(
    closed: str, which: str, cast: Cast, twin: Resident, signed_in: SignedIn
) -> None:
    """Whether somebody is dead is not decided by pressing merge: what hangs on a closed file ends with it."""
    put(cast.elder if which == "elder" else twin, **{closed: dt.date(2026, 1, 3)})
    with pytest.raises(Refusal) as refused:
        merge(cast, twin, standing=KEPT)
    assert refused.value.code == "one_is_closed"
    page = signed_in(cast.reception).get(f"/residents/{cast.elder.pk}/merge/?other={twin.pk}").content.decode()
    assert "现在还不能合并" in page and "是同一个人，合并" not in page and "2026-01-03" in page


def test_the_page_asks_beside_each_and_does_what_was_chosen(cast: Cast, twin: Resident, signed_in: SignedIn) -> None:
    put(twin, sex="f", language="en")
    put(cast.elder, sex="m")
    client, url = signed_in(cast.reception), f"/residents/{cast.elder.pk}/merge/"
    page = client.get(f"{url}?other={twin.pk}").content.decode()
    assert 'name="choose_sex"' in page and 'name="choose_language"' in page and "请在下面选" in page
    half = client.post(url, {"other": twin.pk, "choose_sex": "merged"})
    assert half.status_code == 422 and "两份不一样，请选留哪一个" in half.content.decode()
    assert client.post(url, {"other": twin.pk, "choose_sex": "merged", "choose_language": "kept"}).status_code == 303
    kept = Resident.objects.get(pk=cast.elder.pk)
    assert (kept.sex, kept.language) == ("f", "zh-hans")


def test_every_column_of_a_file_is_shown_or_known_to_need_no_choice(cast: Cast, twin: Resident) -> None:
    """A column that is added later is forgotten here by nobody."""
    of_the_parts = {column for part in differences.PARTS for column in part.columns}
    joined, of_the_row = {"note", "care_tags"}, {"id", "community_id", "merged_into_id", "version"}
    who_made_it, for_search = {"registered_at", "registered_by_id"}, {"grams", "pinyin", "initials", "door"}
    columns = {field.attname for field in Resident._meta.concrete_fields}
    assert columns == of_the_parts | joined | of_the_row | who_made_it | for_search
    labels = {str(line.label) for line in preview(cast.elder, twin, sees_sensitive=True)}
    assert {"备注", "需要关照", *(str(part.label) for part in differences.PARTS)} <= labels
