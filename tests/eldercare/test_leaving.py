"""What becomes of an elder's profile when the file closes, becomes one with another, or is forgotten."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.dues.models import DueItem
from community_portal.people.actions import close_file, reopen_file
from community_portal.people.register.merging import merge_residents, unmerge
from eldercare.actions.register import Contact, open_profile, record_welfare_visit, set_family
from eldercare.forgetting import forget_elders
from eldercare.models import Assessment, ElderProfile, WelfareVisit
from tests.eldercare.elders import make_coordinator, make_signed
from tests.factories import make_resident

pytestmark = pytest.mark.django_db


def due() -> list[str]:
    return sorted(DueItem.objects.open().values_list("subject_ref", flat=True))


def test_who_died_is_due_no_visit_and_who_is_back_is_due_again(cast: Any) -> None:
    elder = open_profile(cast.elder, by=cast.officer, at=clock.now())
    assert due() == [elder.ref]
    cast.elder.refresh_from_db()
    seen = cast.elder.version
    close_file(cast.elder, why="deceased", on=clock.today(), by=cast.reception, at=clock.now(), seen=seen)
    assert due() == []
    cast.elder.refresh_from_db()
    reopen_file(cast.elder, by=cast.reception, at=clock.now() + dt.timedelta(days=1), seen=cast.elder.version)
    assert ElderProfile.objects.living_here().count() == 1


def test_a_profile_goes_along_when_two_files_become_one_and_comes_back(cast: Any) -> None:
    other = make_resident(household=cast.household, name="陈平")
    open_profile(other, by=cast.officer, at=clock.now())
    merge = merge_residents(kept=cast.elder, merged=other, by=cast.reception, at=clock.now(), statement="看了身份证")
    assert ElderProfile.objects.get().resident == cast.elder
    assert due() == [f"elder:{cast.elder.pk}"]
    unmerge(merge, by=cast.reception, at=clock.now())
    assert ElderProfile.objects.get().resident == other


def test_who_is_forgotten_leaves_no_words(cast: Any) -> None:
    elder = open_profile(cast.elder, hardship="minimum", hardship_proof="低保 7", by=cast.officer, at=clock.now())
    set_family(elder, [Contact("陈红", "女儿", "13800001111")], by=cast.officer, at=clock.now())
    record_welfare_visit(elder, was_seen=True, words="腿疼", by=cast.officer, at=clock.now())
    one, other = make_coordinator(cast), make_coordinator(cast, name="另一位")
    make_signed(cast, one=one, other=other, total=50)
    forget_elders([cast.elder.pk])
    elder.refresh_from_db()
    made = Assessment.objects.get()
    assert (elder.hardship_proof, list(elder.family.all())) == ("已匿名", [])
    assert (made.informant, made.total) == ("已匿名", 50)
    assert WelfareVisit.objects.get().words == ""
