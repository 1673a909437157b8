"""A survey that residents answer themselves, by its link."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.deliberations.actions.opinions import open_survey
from community_portal.deliberations.models import Survey, SurveyAnswer
from community_portal.deliberations.surveys import survey_behind, token_of
from community_portal.deliberations.topics import topic_alone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
DAY = dt.timedelta(days=1)


@pytest.fixture
def survey(cast: Any) -> Survey:
    now, today = clock.now(), clock.today()
    topic = topic_alone(cast.home, title="充电棚", by=cast.manager, at=now)
    asked = [{"code": "q1", "text": "装在哪里", "choices": ["东边", "西边"]}]
    said: dict[str, Any] = {"title": "装在哪里好", "questions": asked, "base_count": 8, "base_how": "在册住户"}
    return open_survey(topic, opens_on=today, closes_on=today + DAY, by=cast.manager, at=now, **said)


def test_a_household_answers_once_by_the_link_that_staff_give_out(survey: Survey, cast: Any, signed_in: Any) -> None:
    staff = signed_in(cast.manager)
    given = staff.get(f"/deliberations/surveys/{survey.pk}/").content.decode()
    here = f"/survey/{token_of(survey)}/"
    assert here in given and 'class="segno"' in given
    nobody = signed_in(None)
    page = nobody.get(here).content.decode()
    assert "装在哪里" in page and "东边" in page and "1 / 8" not in page and "怎么答的" not in page
    said = {"household": "3幢101", "q1": "东边", "words": "晚上 <b>别</b>响 😀"}
    answered = nobody.post(here, said)
    assert answered.status_code == 303 and "收到了，谢谢您" in nobody.get(answered["Location"]).content.decode()
    kept = SurveyAnswer.objects.get()
    assert (kept.channel, kept.answers, kept.recorded_by) == ("online", {"q1": "东边"}, None)
    again = nobody.post(here, said | {"household": "3幢 101"})
    assert again.status_code == 422 and "这一户已经答过了" in again.content.decode()
    assert "1 / 8 户答了" in staff.get(f"/deliberations/surveys/{survey.pk}/").content.decode()


@pytest.mark.parametrize(
    "typed",
    [{}, {"household": "101"}, {"household": "101", "q1": "南边"}, {"household": "  ", "q1": "东边"}, {"household": "1" * 61, "q1": "东边"}],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_nothing_kept(typed: Any, survey: Survey, signed_in: Any) -> None:
    assert signed_in(None).post(f"/survey/{token_of(survey)}/", typed).status_code == 422
    assert not SurveyAnswer.objects.exists()


def test_a_guessed_link_leads_nowhere_and_a_closed_survey_takes_nothing(survey: Survey, signed_in: Any) -> None:
    nobody, here = signed_in(None), f"/survey/{token_of(survey)}/"
    for token in (str(survey.pk), f"{survey.pk}:guessed", token_of(survey).replace(str(survey.pk), "999999", 1), "x"):
        assert survey_behind(token) is None and nobody.get(f"/survey/{token}/").status_code == 404
    Survey.objects.update(opens_on=clock.today() - 3 * DAY, closes_on=clock.today() - DAY)
    assert "现在不在答问卷的时间里" in nobody.get(here).content.decode()
    assert nobody.post(here, {"household": "101", "q1": "东边"}).status_code == 422
    assert not SurveyAnswer.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"closes_on": "2026-01-01", "opens_on": "2026-02-01"}, "结束不能早于开始"),
        ({"closes_on": "2020-01-02", "opens_on": "2020-01-01"}, "截止时间已经过去了"),
        ({"questions": "：东边、西边"}, "没有写问题"),
    ],
)
def test_wrong_days_of_a_survey_are_said_beside_them(typed: Any, sentence: str, cast: Any, signed_in: Any) -> None:
    """Days in the wrong order reached the database and came back as a broken page."""
    today = clock.today()
    said = {"title": "装在哪里", "questions": "装在哪里：东边、西边", "base_count": 8, "base_how": "在册住户"}
    said |= {"opens_on": today.isoformat(), "closes_on": today.isoformat()}
    answered = signed_in(cast.manager).post("/deliberations/surveys/new/", said | typed)
    assert answered.status_code == 422 and sentence in answered.content.decode()
    assert not Survey.objects.exists()
