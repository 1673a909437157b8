"""The register of elders: who is on it, how often somebody looks in, who reads what, and that each look is kept."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.captured import captured
from community_portal.casework.uploads import ReadFile
from community_portal.dues.actions import generate_dues
from community_portal.dues.models import DueItem
from community_portal.people.models import Household, Resident, Role, ViewLog
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.actions import load_rulebook, publish
from community_portal.rules.drafts import Draft
from eldercare.actions.register import (
    Contact,
    change_profile,
    open_profile,
    record_welfare_visit,
    set_family,
    set_tier,
)
from eldercare.dues import WELFARE_VISIT
from eldercare.forgetting import forget_elders
from eldercare.models import ElderProfile, Tier, WelfareVisit
from tests.casework.photos import photo
from tests.eldercare.elders import make_adaptation, make_coordinator, make_signed
from tests.factories import make_grid, make_household, make_member, make_resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(db: None) -> None:
    load_rulebook(at=clock.now())


@pytest.fixture
def elder(cast: Any, rules: None) -> ElderProfile:
    return open_profile(cast.elder, living="alone", by=cast.officer, at=clock.now())


def due(elder: ElderProfile) -> DueItem:
    return DueItem.objects.open().get(kind=WELFARE_VISIT.name, subject_ref=elder.ref)


# ---- profile and tier -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "born, said, tier",
    [
        (1940, {"living": "alone"}, "high"),
        (1940, {"living": "spouse"}, "key"),
        (1955, {"living": "alone"}, "key"),
        (1955, {"living": "spouse", "hardship": "minimum", "hardship_proof": "低保 12"}, "key"),
        (1955, {"living": "spouse"}, "general"),
    ],
)
def test_the_rules_say_the_tier(cast: Any, rules: None, born: int, said: dict[str, Any], tier: str) -> None:
    resident = make_resident(household=cast.household, born_on=dt.date(born, 1, 1))
    made = open_profile(resident, by=cast.officer, at=clock.now(), **said)
    assert made.tier == tier
    assert bool(made.tier_why) == (tier != "general")


def test_a_street_makes_its_own_rule_of_the_tier(cast: Any, rules: None) -> None:
    own = [
        Draft("high_old_alone", "高龄独居", "70 岁以上独居：重点关注", "age", ">=", 70, applies={"living": ["alone"]})
    ]
    when = {"valid_from": clock.today(), "by": None, "at": clock.now()}
    publish("elder_tiers", own, street=cast.street, title="等级", source="街道文件", **when)
    assert open_profile(cast.elder, living="alone", by=cast.officer, at=clock.now()).tier == Tier.HIGH


def test_a_tier_by_hand_says_why_and_stays_until_the_rules_say_it_again(elder: ElderProfile, cast: Any) -> None:
    with pytest.raises(Refusal):
        set_tier(elder, tier="high", why="", by=cast.officer, at=clock.now())
    by_hand = set_tier(elder, tier="high", why="刚出院", by=cast.officer, at=clock.now())
    assert change_profile(by_hand, living="spouse", by=cast.officer, at=clock.now()).tier == Tier.HIGH
    assert set_tier(elder, by=cast.officer, at=clock.now()).tier == Tier.GENERAL


def test_nobody_under_sixty_without_a_disability(cast: Any, rules: None) -> None:
    young = make_resident(household=cast.household, born_on=dt.date(1990, 1, 1))
    with pytest.raises(Refusal) as refused:
        open_profile(young, by=cast.officer, at=clock.now())
    assert refused.value.code == "too_young"
    assert open_profile(young, disability="physical", disability_level=2, by=cast.officer, at=clock.now()).pk


def test_hardship_is_proved_or_seen(cast: Any, rules: None) -> None:
    with pytest.raises(Refusal) as refused:
        open_profile(cast.elder, hardship="minimum", by=cast.officer, at=clock.now())
    assert refused.value.field == "hardship_proof"
    seen = open_profile(cast.elder, hardship="minimum", has_seen_proof=True, by=cast.officer, at=clock.now())
    assert seen.hardship_seen_by == cast.officer


def test_the_paper_itself_is_kept_shown_to_who_reads_hardship_and_gone_when_it_is_over(
    cast: Any, rules: None, signed_in: Any
) -> None:
    url, client = f"/eldercare/elders/{cast.elder.pk}/", signed_in(cast.officer)
    typed = {"living": "alone", "hardship": "minimum", "disability": "none"}
    refused = client.post(f"{url}change/", typed | {"proof": SimpleUploadedFile("a.pdf", b"a cat")})
    assert refused.status_code == 422 and not ElderProfile.objects.exists()
    paper = SimpleUploadedFile("a.jpg", photo())
    assert client.post(f"{url}change/", typed | {"proof": paper}).status_code == 303
    elder = ElderProfile.objects.get()
    name, storage = elder.hardship_file.name, elder.hardship_file.storage
    assert f"{url}proof/" in client.get(url).content.decode()
    shown = client.get(f"{url}proof/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(shown.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    assert ViewLog.objects.filter(viewer=cast.officer, what="hardship").exists()
    assert signed_in(cast.reception).get(f"{url}proof/").status_code in (403, 404)
    change_profile(elder, hardship="none", by=cast.officer, at=clock.now())
    assert not ElderProfile.objects.get().hardship_file
    assert client.get(f"{url}proof/").status_code == 404
    assert storage.exists(name)  # until the deed stands


def test_the_paper_is_forgotten_with_the_person(cast: Any, rules: None) -> None:
    proof = ReadFile(b"%PDF-1.4", "a.pdf", "application/pdf", "pdf")
    elder = open_profile(cast.elder, hardship="minimum", proof=proof, by=cast.officer, at=clock.now())
    assert elder.hardship_file.name.endswith(".pdf")
    forget_elders([cast.elder.pk])
    assert not ElderProfile.objects.get().hardship_file


def test_one_profile_per_file_and_none_of_a_closed_one(elder: ElderProfile, cast: Any) -> None:
    with pytest.raises(Changed):
        open_profile(cast.elder, by=cast.officer, at=clock.now())
    gone = make_resident(household=cast.household, deceased_on=clock.today())
    with pytest.raises(Refusal):
        open_profile(gone, by=cast.officer, at=clock.now())


def test_receptionists_do_not_keep_the_register(cast: Any, rules: None) -> None:
    with pytest.raises(NotAllowed):
        open_profile(cast.elder, by=cast.reception, at=clock.now())


def test_an_older_page_changes_nothing(elder: ElderProfile, cast: Any) -> None:
    change_profile(elder, living="spouse", seen=elder.version, by=cast.officer, at=clock.now())
    with pytest.raises(Changed):
        change_profile(elder, living="alone", seen=elder.version, by=cast.officer, at=clock.now())


def test_a_new_level_moves_the_tier_at_once(elder: ElderProfile, cast: Any) -> None:
    assert elder.tier == Tier.KEY
    make_signed(cast, one=make_coordinator(cast), other=make_coordinator(cast, name="另一位"), total=50)
    elder.refresh_from_db()
    assert (elder.level, elder.tier) == ("moderate", Tier.HIGH)


# ---- family -----------------------------------------------------------------------------------------------------------
def test_family_is_rung_in_the_order_written_down(elder: ElderProfile, cast: Any) -> None:
    people = [Contact("陈红", "女儿", "13800001111", True), Contact("陈强", "儿子", "13800002222")]
    set_family(elder, people, by=cast.officer, at=clock.now())
    set_family(elder, people[::-1], by=cast.officer, at=clock.now())
    assert [(one.position, one.name) for one in elder.family.all()] == [(1, "陈强"), (2, "陈红")]


@pytest.mark.parametrize(
    "people, code",
    [
        ([Contact("陈红", "女儿", "13800001111"), Contact("陈强", "儿子", "13800001111")], "same_phone"),
        ([Contact("陈红", "女", "13800001111", True), Contact("陈强", "子", "13800002222", True)], "two_guardians"),
    ],
)
def test_what_is_no_calling_order(elder: ElderProfile, cast: Any, people: list[Contact], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        set_family(elder, people, by=cast.officer, at=clock.now())
    assert refused.value.code == code


# ---- visits -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tier, days", [("high", 7), ("key", 30), ("general", 91)])
def test_a_visit_is_due_as_often_as_the_tier_asks(elder: ElderProfile, cast: Any, tier: str, days: int) -> None:
    set_tier(elder, tier=tier, why="测试", by=cast.officer, at=clock.now())
    assert due(elder).due_on == clock.local(elder.opened_at).date() + dt.timedelta(days=days)
    assert due(elder).grid == cast.grid


def test_who_was_seen_is_due_again_and_a_shut_door_settles_nothing(elder: ElderProfile, cast: Any) -> None:
    first = due(elder)
    record_welfare_visit(elder, was_seen=False, by=cast.officer, at=clock.now())
    assert due(elder) == first
    visit = record_welfare_visit(elder, was_seen=True, by=cast.officer, at=clock.now())
    first.refresh_from_db()
    assert first.done_ref == f"welfare:{visit.pk}"
    assert due(elder).due_on > first.due_on


def test_the_night_makes_no_second_visit(elder: ElderProfile, cast: Any) -> None:
    record_welfare_visit(elder, was_seen=True, by=cast.officer, at=clock.now())
    before = list(DueItem.objects.values_list("pk", "due_on"))
    generate_dues(on=clock.today(), at=clock.now(), kinds=[WELFARE_VISIT])
    assert list(DueItem.objects.values_list("pk", "due_on")) == before


def test_nobody_is_due_who_died(elder: ElderProfile, cast: Any) -> None:
    Resident.objects.filter(pk=cast.elder.pk).update(deceased_on=clock.today())
    generate_dues(on=clock.today(), at=clock.now(), kinds=[WELFARE_VISIT])
    assert not DueItem.objects.open().exists()


def test_help_that_is_needed_has_words(elder: ElderProfile, cast: Any) -> None:
    with pytest.raises(Refusal):
        record_welfare_visit(elder, was_seen=True, needs_help=True, by=cast.officer, at=clock.now())


def test_a_visit_kept_on_a_phone_counts_from_when_it_was(elder: ElderProfile, cast: Any) -> None:
    now = clock.now()
    with captured(now - dt.timedelta(hours=3)):
        visit = record_welfare_visit(elder, was_seen=True, by=cast.officer, at=now)
    assert (visit.visited_at, visit.recorded_at, visit.was_offline) == (now - dt.timedelta(hours=3), now, True)


def test_no_visit_lies_ahead_of_its_record(elder: ElderProfile, cast: Any) -> None:
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        WelfareVisit.objects.create(
            elder=elder, visited_at=now + dt.timedelta(hours=1), by=cast.officer, was_seen=True, recorded_at=now
        )


def test_the_officer_finds_the_door_and_needs_three_taps(elder: ElderProfile, cast: Any, signed_in: Any) -> None:
    DueItem.objects.update(due_on=clock.today())
    client = signed_in(cast.officer)
    page = client.get("/field/").content.decode()
    visit = f"/eldercare/elders/{cast.elder.pk}/visit/?from=field"
    assert visit in page
    assert "见到人了，都好" in client.get(visit).content.decode()
    answer = client.post(visit, {"found": "well", "from": "field", "once": "a" * 8})
    assert (answer.status_code, answer.url) == (303, "/field/")
    assert WelfareVisit.objects.get().was_seen
    assert visit not in client.get("/field/").content.decode()


# ---- who reads what ---------------------------------------------------------------------------------------------------
def test_receptionists_read_that_and_how_often_not_why(elder: ElderProfile, cast: Any, signed_in: Any) -> None:
    one, other = make_coordinator(cast), make_coordinator(cast, name="另一位")
    make_signed(cast, one=one, other=other, total=60)
    change_profile(
        elder, hardship="minimum", hardship_proof="低保证 889", allergies=["青霉素"], by=cast.officer, at=clock.now()
    )
    secrets = ("低保证 889", "青霉素", "中度失能", "独居")
    url = f"/eldercare/elders/{cast.elder.pk}/"
    page = signed_in(cast.reception).get(url).content.decode()
    assert "重点关注" in page
    assert [word for word in secrets if word in page] == []
    assert not ViewLog.objects.filter(viewer=cast.reception).exists()
    full = signed_in(cast.officer).get(url).content.decode()
    assert [word for word in secrets if word not in full] == []


def test_each_look_is_one_row_a_day(elder: ElderProfile, cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.officer)
    for _again in range(3):
        client.get(f"/eldercare/elders/{cast.elder.pk}/")
    assert list(ViewLog.objects.values_list("what", flat=True)) == ["health"]


def test_a_grid_officer_reads_the_own_grid_alone(elder: ElderProfile, cast: Any, signed_in: Any) -> None:
    other = make_member(Role.GRID_OFFICER, grid=make_grid(community=cast.home, number=9))
    assert signed_in(other).get(f"/eldercare/elders/{cast.elder.pk}/").status_code == 404
    assert list(ElderProfile.objects.visible_to(other)) == []
    assert signed_in(cast.stranger).get(f"/eldercare/elders/{cast.elder.pk}/").status_code == 404


def test_a_charging_specialist_reads_nothing(elder: ElderProfile, cast: Any, signed_in: Any) -> None:
    client = signed_in(make_member(Role.CHARGING, community=cast.home))
    assert client.get("/eldercare/elders/").status_code == 403
    assert client.get(f"/eldercare/elders/{cast.elder.pk}/").status_code == 403


# ---- the list ---------------------------------------------------------------------------------------------------------
def test_the_list_is_narrowed_by_name_tier_level_and_what_is_due(cast: Any, rules: None, signed_in: Any) -> None:
    one, other = make_coordinator(cast), make_coordinator(cast, name="另一位")
    open_profile(cast.elder, living="alone", by=cast.officer, at=clock.now())
    make_signed(cast, one=one, other=other, total=60)
    second = make_resident(household=cast.household, name="周阿婆")
    open_profile(second, living="spouse", by=cast.officer, at=clock.now())
    DueItem.objects.filter(subject_ref=f"elder:{second.pk}").update(
        due_on=clock.today() - dt.timedelta(days=1), opens_on=clock.today() - dt.timedelta(days=9),
        starts_on=clock.today() - dt.timedelta(days=9),
    )  # fmt: skip
    client = signed_in(cast.manager)

    def names(query: str) -> set[str]:
        page = client.get(f"/eldercare/elders/?{query}").content.decode()
        return {name for name in ("陈平", "周阿婆") if f"<b>{name}</b>" in page}

    assert names("") == {"陈平", "周阿婆"}
    page = client.get("/eldercare/elders/").content.decode()
    assert 'data-label="下次探访"' in page and 'data-label="上次见到"' in page  # two days beside each other on a phone
    assert names("q=周阿婆") == {"周阿婆"}
    assert names("tier=high") == {"陈平"}
    assert names("due=late") == {"周阿婆"}
    assert not ViewLog.objects.filter(viewer=cast.manager).exists()
    assert names("level=moderate") == {"陈平"}
    assert ViewLog.objects.get(viewer=cast.manager).what == "assessment"


def test_the_spreadsheet_is_the_list_and_is_kept_as_a_look(elder: ElderProfile, cast: Any, signed_in: Any) -> None:
    answer = signed_in(cast.reception).get("/eldercare/elders/?as=xlsx")
    assert answer.headers["Content-Type"].endswith("sheet")
    assert ViewLog.objects.get().what == "export"


def test_the_list_asks_as_much_for_thirty_as_for_one(cast: Any, rules: None, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    open_profile(cast.elder, by=cast.officer, at=clock.now())

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get("/eldercare/elders/").status_code == 200
        return len(queries)

    asked()
    first = asked()
    homes: list[Household] = [make_household(building=cast.building, room=str(600 + n)) for n in range(29)]
    for home in homes:
        open_profile(make_resident(household=home), by=cast.officer, at=clock.now())
    assert asked() == first


# ---- pages of the register --------------------------------------------------------------------------------------------
def test_a_profile_is_opened_and_changed_by_its_pages(cast: Any, rules: None, signed_in: Any) -> None:
    client, pk = signed_in(cast.officer), cast.elder.pk
    panel = client.get(f"/residents/{pk}/eldercare/").content.decode()
    assert f"/eldercare/elders/{pk}/change/" in panel
    said = {"living": "alone", "hardship": "none", "disability": "none", "allergies": "青霉素，花生"}
    assert client.post(f"/eldercare/elders/{pk}/change/", said).status_code == 303
    made = ElderProfile.objects.get()
    assert made.allergies == ["青霉素", "花生"]
    wrong = client.post(f"/eldercare/elders/{pk}/change/", said | {"hardship": "minimum", "seen": made.version})
    assert wrong.status_code == 422
    assert "请写证明编号" in wrong.content.decode()
    tier = client.post(f"/eldercare/elders/{pk}/tier/", {"tier": "high", "why": "", "seen": made.version})
    assert tier.status_code == 422
    lines = {
        "family-TOTAL_FORMS": 2, "family-INITIAL_FORMS": 0, "family-0-name": "陈红", "family-0-relation": "女儿",
        "family-0-phone": "13800001111", "family-0-is_guardian": "on", "family-1-name": "", "seen": made.version,
    }  # fmt: skip
    assert client.post(f"/eldercare/elders/{pk}/family/", lines).status_code == 303
    assert made.family.get().is_guardian
    page = client.get(f"/eldercare/elders/{pk}/").content.decode()
    assert "陈红" in page


def test_adaptations_stand_on_the_elders_page(elder: ElderProfile, cast: Any, signed_in: Any) -> None:
    matter = make_adaptation(cast)
    assert matter.case.number in signed_in(cast.officer).get(f"/eldercare/elders/{cast.elder.pk}/").content.decode()
