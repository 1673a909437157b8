"""Two at once, each with a connection of their own: one assessment, one answer, one signing, one visit."""

from typing import Any

import pytest

from community_portal import clock
from community_portal.refusals import Changed
from eldercare.actions.assessments import answer_item, answer_items, close_assessment, open_assessment
from eldercare.actions.register import open_profile
from eldercare.models import Assessment, ElderProfile
from tests.cast import make_cast
from tests.eldercare.elders import answers_worth, make_coordinator, make_draft, make_elder, signatures
from tests.race import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(transactional_db: None) -> Any:
    cast: Any = make_cast()
    cast.one, cast.other = make_coordinator(cast, name="评估甲"), make_coordinator(cast, name="评估乙")
    return cast


def test_an_elder_has_one_profile_and_one_assessment_under_way(scene: Any) -> None:
    def open_one(by: Any) -> Any:
        return lambda: open_profile(scene.elder, by=by, at=clock.now())

    answers = all_at_once([open_one(scene.officer), open_one(scene.one), open_one(scene.manager)])
    assert sum(isinstance(answer, ElderProfile) for answer in answers) == 1
    assert sum(isinstance(answer, Changed) for answer in answers) == 2

    def begin(by: Any) -> Any:
        return lambda: open_assessment(scene.elder, by=by, at=clock.now())

    answers = all_at_once([begin(scene.one), begin(scene.other)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Assessment", "Changed"]


def test_two_different_answers_at_once_are_one_answer_and_one_question(scene: Any) -> None:
    draft = make_draft(scene, one=scene.one, other=scene.other, at=clock.now())

    def answer(by: Any, score: int) -> Any:
        return lambda: answer_item(draft, item="eating", score=score, seen="", by=by, at=clock.now())

    answers = all_at_once([answer(scene.one, 4), answer(scene.other, 2)])
    assert sorted(type(one).__name__ for one in answers) == ["AssessmentAnswer", "Changed"]
    assert draft.answers.count() == 1


def test_it_is_signed_once(scene: Any) -> None:
    make_elder(scene)
    draft = make_draft(scene, one=scene.one, other=scene.other, at=clock.now())
    answer_items(draft, answers_worth(60), by=scene.one, at=clock.now())

    def close(by: Any) -> Any:
        return lambda: close_assessment(draft, signatures=signatures(), by=by, at=clock.now())

    answers = all_at_once([close(scene.one), close(scene.other)])
    assert sorted(type(one).__name__ for one in answers) == ["Assessment", "Changed"]
    assert Assessment.objects.get().case.signings.count() == 3
