"""Looking at a home: rooms, what is in the way there, and what the next step still misses."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from community_portal import clock
from community_portal.casework.actions import PartsMissing, commission
from community_portal.people.models import Role
from community_portal.refusals import Changed, NotAllowed, Refusal
from eldercare.actions.surveys import add_finding, drop_finding, hand_in, look_at_home, name_rooms
from eldercare.models import HomeSurvey, SurveyFinding
from eldercare.workflow import missing
from eldercare.workflow.states import State
from tests.casework.photos import photo, upload
from tests.eldercare.elders import (
    MONDAY,
    make_adaptation,
    make_coordinator,
    make_draft,
    make_elder,
    make_organisation,
    make_signed,
)
from tests.factories import make_member

pytestmark = pytest.mark.django_db
RAIL = {"room": "bathroom", "hazard": "no_rail", "severity": 3, "measure": Decimal("68.0"), "unit": "cm"}


@pytest.fixture
def matter(cast: Any) -> Any:
    return make_adaptation(cast, State.SUBMITTED)


def test_a_finding_looks_at_its_room(matter: Any, cast: Any) -> None:
    name_rooms(matter, ["kitchen"], by=cast.officer, at=MONDAY)
    add_finding(matter, **RAIL, by=cast.officer, at=MONDAY)
    survey = HomeSurvey.objects.get()
    assert survey.rooms == ["bathroom", "kitchen"]
    name_rooms(matter, ["hall"], by=cast.officer, at=MONDAY)
    survey.refresh_from_db()
    assert survey.rooms == ["hall", "bathroom"], "a room with a finding stays"


@pytest.mark.parametrize(
    "over, field",
    [
        ({"unit": ""}, "unit"),
        ({"measure": Decimal("-1")}, "measure"),
        ({"room": "cellar"}, "room"),
        ({"hazard": "ghosts"}, "hazard"),
        ({"severity": 4}, "severity"),
    ],
)
def test_what_is_no_finding(matter: Any, cast: Any, over: dict[str, Any], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        add_finding(matter, **RAIL | over, by=cast.officer, at=MONDAY)
    assert refused.value.field == field


def test_no_finding_lies_in_a_room_nobody_looked_at(matter: Any, cast: Any) -> None:
    finding = add_finding(matter, **RAIL, by=cast.officer, at=MONDAY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE eldercare_surveyfinding SET room = 'stairs' WHERE id = %s", [finding.pk])


def test_receptionists_and_builders_do_not_look(matter: Any, cast: Any, signed_in: Any) -> None:
    with pytest.raises(NotAllowed):
        name_rooms(matter, ["hall"], by=cast.reception, at=MONDAY)
    firm = make_organisation(kind=Role.CONTRACTOR)
    builder = make_member(Role.CONTRACTOR, organisation=firm)
    commission(matter, organisation=firm, by=cast.street_officer, at=MONDAY)
    url = f"/eldercare/{matter.case.number}/survey/"
    assert signed_in(builder).get(url).status_code == 403
    assert signed_in(cast.reception).get(url).status_code == 403


def test_the_home_was_looked_at_when_something_was_found(matter: Any, cast: Any) -> None:
    def told() -> list[str]:
        return [str(part.sentence) for part in missing.to_review(matter)]

    assert told() == ["还没有记看了哪些房间"]
    name_rooms(matter, ["hall"], by=cast.officer, at=MONDAY)
    assert told() == ["还没有记下一处问题"]
    with pytest.raises(PartsMissing):
        look_at_home(matter, words="看过了", by=cast.officer, at=MONDAY)
    finding = add_finding(matter, **RAIL, by=cast.officer, at=MONDAY)
    look_at_home(matter, words="看过了", by=cast.officer, at=MONDAY)
    matter.refresh_from_db()
    assert (matter.state, HomeSurvey.objects.get().closed_at) == (State.REVIEWED, MONDAY)
    with pytest.raises(Changed):
        drop_finding(finding, matter=matter, by=cast.officer, at=MONDAY)


def test_what_handing_in_still_misses(cast: Any) -> None:
    matter = make_adaptation(cast, State.ASSESSING)
    make_elder(cast)
    one, other = make_coordinator(cast), make_coordinator(cast, name="另一位")

    def told() -> list[str]:
        return [str(part.sentence) for part in missing.to_hand_in(matter)]

    assert told() == ["还没有做能力评估", "还没有记看了哪些房间"]
    name_rooms(matter, ["hall"], by=one, at=MONDAY)
    draft = make_draft(cast, one=one, other=other, adaptation=matter, assessor_2=None)
    assert told() == ["能力评估还有 26 题没答", "能力评估还缺第二位评估员", "能力评估还没有签字"]
    draft.delete()
    with pytest.raises(PartsMissing):
        hand_in(matter, by=one, at=MONDAY)
    make_signed(cast, one=one, other=other, adaptation=matter)
    assert told() == []
    hand_in(matter, by=one, at=MONDAY)
    matter.refresh_from_db()
    assert matter.state == State.PLANNING


def test_a_finding_comes_in_from_a_phone_with_its_picture(matter: Any, cast: Any, signed_in: Any) -> None:
    client, url = signed_in(cast.officer), f"/eldercare/{matter.case.number}/survey/"
    sent = {
        "room": "bathroom",
        "hazard": "slippery",
        "severity": 2,
        "measure": "3.5",
        "unit": "cm",
        "photo": upload(photo()),
    }
    assert client.post(f"{url}findings/", sent).status_code == 303
    made = SurveyFinding.objects.get()
    assert made.photo and made.photo.event.matter_id == matter.pk
    page = client.get(url).content.decode()
    assert "卫生间" in page and "地面滑" in page and f"/files/{made.photo.pk}/" in page
    assert client.post(f"{url}findings/", sent | {"unit": "", "photo": ""}).status_code == 422
    assert client.post(f"{url}findings/{made.pk}/drop/").status_code == 303
    assert not SurveyFinding.objects.exists()
    assert client.post(url, {"rooms": ["hall", "stairs"]}).status_code == 303
    assert HomeSurvey.objects.get().rooms == ["hall", "stairs"]


def test_the_page_of_the_step_says_what_is_missing(matter: Any, cast: Any, signed_in: Any) -> None:
    page = signed_in(cast.officer).get(f"/eldercare/{matter.case.number}/").content.decode()
    assert "还差 1 项" in page and f"/eldercare/{matter.case.number}/survey/" in page
    assert clock.today()
