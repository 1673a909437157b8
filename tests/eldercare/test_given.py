"""What a third party reads of an adaptation that it was given: a builder what shows the lines, never papers, health or hardship."""

from typing import Any

import pytest
from django.core.files.base import ContentFile

from community_portal.casework.actions import commission
from community_portal.casework.models import Attachment, AttachmentKind
from community_portal.casework.uploads import keep_file
from community_portal.matters.actions.words import add_words
from community_portal.people.models import Role
from eldercare.actions.acceptance import record_line
from eldercare.actions.applications import keep_paper
from eldercare.actions.products import record_product
from eldercare.actions.surveys import add_finding
from eldercare.actions.works import add_line_photo
from eldercare.models import ApplicationPaper, ElderProfile, Moment
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.built import LATER, make_accepting, make_firm, make_works, move_to, snapshot
from tests.eldercare.elders import MONDAY, make_coordinator, make_draft, make_elder

pytestmark = pytest.mark.django_db


def newest() -> int:
    return Attachment.objects.latest("pk").pk


@pytest.fixture
def given(cast: Cast) -> Any:
    """Given to a builder and to assessors, with a paper, a note, a finding and what the builder brought."""
    scene: Any = cast
    scene.made, scene.builder = make_works(cast, State.WORKS, "rail", "bed")
    house, scene.assessor = make_firm("颐评评估中心", Role.ASSESSOR)
    commission(scene.made, organisation=house, by=cast.reception, at=MONDAY)
    return scene


def test_papers_of_the_application_are_not_for_the_builder(given: Any, signed_in: Any) -> None:
    """Neither as a paper of the list nor as the answer to a question or a note, which is how papers come in, too."""
    builder, assessor = signed_in(given.builder), signed_in(given.assessor)
    add_words(given.made, words="低保证补来了", photos=[snapshot("proof")], by=given.reception, at=MONDAY)
    note = newest()
    move_to(given.made, State.DRAFT)
    paper = ApplicationPaper.objects.create(adaptation=given.made, code="proof", name="低保证")
    given.made.refresh_from_db()
    keep_paper(paper, file=snapshot("paper"), by=given.reception, at=MONDAY)
    for pk in (note, newest()):
        assert builder.get(f"/files/{pk}/").status_code == 404
    assert assessor.get(f"/files/{note}/").status_code == 200, "who assesses reads what was told"
    assert signed_in(given.reception).get(f"/files/{note}/").status_code == 200


def test_what_was_found_at_home_is_for_the_assessor_alone(given: Any, signed_in: Any) -> None:
    move_to(given.made, State.ASSESSING)
    given.made.refresh_from_db()
    add_finding(given.made, room="bathroom", hazard="slippery", photo=snapshot("bath"), by=given.assessor, at=MONDAY)
    assert signed_in(given.assessor).get(f"/files/{newest()}/").status_code == 200
    assert signed_in(given.builder).get(f"/files/{newest()}/").status_code == 404


def test_photos_of_lines_and_papers_of_products_are_the_builders(given: Any, signed_in: Any) -> None:
    builder = signed_in(given.builder)
    line = given.made.plan.lines.get(item__code="bed")
    add_line_photo(line, snapshot("after"), moment=Moment.AFTER, by=given.builder, at=MONDAY)
    assert builder.get(f"/files/{newest()}/").status_code == 200
    record_product(line, number=1, seen=None, certificate=snapshot("paper"), by=given.builder, at=MONDAY)
    assert builder.get(f"/files/{newest()}/").status_code == 200


def test_what_an_acceptance_found_wrong_is_shown_to_the_builder(cast: Cast, signed_in: Any) -> None:
    made, visit = make_accepting(cast, "rail")
    builder = made.contractor.memberships.get().user
    wrong = {"defect": "松动", "rectify_by": LATER.date(), "photo": snapshot("loose")}
    record_line(visit.lines.get(), result="fail", seen=1, by=cast.street_officer, at=LATER, **wrong)
    assert signed_in(builder).get(f"/files/{newest()}/").status_code == 200


def test_a_file_without_a_deed_is_nobodys_but_the_houses(given: Any, signed_in: Any) -> None:
    keep_file(given.made.case, snapshot("alone"), kind=AttachmentKind.PHOTO, by=None, at=MONDAY)
    assert signed_in(given.builder).get(f"/files/{newest()}/").status_code == 404
    assert signed_in(given.reception).get(f"/files/{newest()}/").status_code == 200


def test_no_page_and_no_answer_of_the_api_tells_the_builder_of_health_or_hardship(given: Any, signed_in: Any) -> None:
    profile = make_elder(given, hardship="minimum", hardship_proof="低保 0318")
    profile.hardship_file.save("proof.jpg", ContentFile(b"proof"))
    draft = make_draft(given, one=make_coordinator(given), other=make_coordinator(given, name="乙"))
    number, pk = given.made.case.number, given.elder.pk
    builder = signed_in(given.builder)
    pages = (
        f"/eldercare/elders/{pk}/", f"/eldercare/elders/{pk}/proof/", f"/eldercare/assess/{draft.pk}/", "/eldercare/elders/",
        f"/eldercare/{number}/survey/", f"/eldercare/{number}/plan/", f"/eldercare/{number}/assess/", f"/eldercare/{number}/accept/",
        f"/dossier/adaptation/{number}/", f"/residents/{pk}/", f"/residents/{pk}/eldercare/",
    )  # fmt: skip
    assert {url: builder.get(url).status_code for url in pages if builder.get(url).status_code not in (403, 404)} == {}
    shown = builder.get(f"/eldercare/{number}/", follow=True)
    assert shown.redirect_chain[-1][0] == f"/works/{number}/"
    told = [shown.content.decode(), builder.get(f"/api/v1/adaptations/{number}/").content.decode()]
    told += [builder.get("/api/v1/adaptations/").content.decode(), builder.get("/api/v1/assessments/").content.decode()]
    for words in ("低保", "minimum", "起夜要摸黑"):
        assert not [text for text in told if words in text], words
    assert builder.get(f"/api/v1/assessments/{draft.pk}/").status_code in (403, 404)
    assert ElderProfile.objects.get().hardship == "minimum"
