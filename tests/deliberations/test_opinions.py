"""What people say: objections that are answered, opinions alike put together, surveys with both rates."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from community_portal import clock
from community_portal.deliberations.actions import opinions as deeds
from community_portal.deliberations.models import Opinion, Survey
from community_portal.deliberations.standing import objections_of, open_objections
from community_portal.deliberations.surveys import result_of
from community_portal.deliberations.topics import topic_alone, topic_of
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import MONDAY, Cast
from tests.loans import borrow

pytestmark = pytest.mark.django_db
TODAY = clock.local(MONDAY).date()
DUE = TODAY + dt.timedelta(days=3)
ASKED = [{"code": "where", "text": "装在哪里", "choices": ["东边", "西边"]}]


@pytest.fixture
def topic(cast: Cast):
    return topic_alone(cast.home, title="充电", by=cast.manager, at=MONDAY)


@pytest.mark.usefixtures("toy")
def test_an_objection_stands_open_until_it_is_answered(cast: Cast) -> None:
    loan = borrow(cast)
    said = {"words": "晚上有风扇声", "due_on": DUE, "at": MONDAY}
    mine = deeds.take_objection(topic_of(loan), channel="phone", by=cast.reception, name="1单元住户", **said)
    deeds.take_objection(topic_of(loan), channel="online", by=None, **said)
    assert open_objections(loan).count() == 2
    with pytest.raises(NotAllowed):
        deeds.take_objection(topic_of(loan), channel="desk", by=cast.stranger, **said)
    with pytest.raises(NotAllowed):
        deeds.answer_objection(mine, reply="十一点断电", by=cast.reception, at=MONDAY)
    with pytest.raises(Refusal, match="说明"):
        deeds.answer_objection(mine, reply="", by=cast.manager, at=MONDAY)
    deeds.answer_objection(mine, reply="十一点断电", by=cast.manager, at=MONDAY)
    with pytest.raises(Changed):
        deeds.answer_objection(mine, reply="再说一次", by=cast.manager, at=MONDAY)
    assert open_objections(loan).count() == 1 and objections_of(loan).first() == mine


@pytest.mark.usefixtures("toy")
def test_alike_opinions_are_counted_and_answered_together(cast: Cast, topic) -> None:
    def say(words: str) -> Opinion:
        given = {"about": "噪声", "channel": "door", "by": cast.officer, "at": MONDAY}
        return deeds.take_opinion(topic, words=words, **given)

    first, second, third = say("太吵了"), say("很吵"), say("夜里吵")
    deeds.merge_opinion(third, into=second, by=cast.officer, at=MONDAY)
    deeds.merge_opinion(second, into=first, by=cast.officer, at=MONDAY)
    assert first.merged.count() == 2
    with pytest.raises(Refusal):
        deeds.merge_opinion(first, into=first, by=cast.officer, at=MONDAY)
    other = topic_of(borrow(cast))
    given = {"about": "x", "words": "别的事", "channel": "door", "by": cast.officer, "at": MONDAY}
    with pytest.raises(Refusal):
        deeds.merge_opinion(deeds.take_opinion(other, **given), into=first, by=cast.officer, at=MONDAY)
    third.refresh_from_db()
    deeds.answer_opinion(third, reply="十一点断电", by=cast.manager, at=MONDAY, publish=True)
    assert Opinion.objects.get(published_at__isnull=False) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.filter(pk=first.pk).update(merged_into=first)


def survey_of(cast: Cast, topic, **over) -> Survey:
    given = {
        "title": "装在哪里", "questions": ASKED, "base_count": 8, "base_how": "在册住户", "opens_on": TODAY,
        "closes_on": DUE, "by": cast.manager, "at": MONDAY,
    }  # fmt: skip
    return deeds.open_survey(topic, **given | over)


def answer(cast: Cast, survey: Survey, household: str, choice: str = "东边", **over) -> None:
    given = {"answers": {"where": choice}, "channel": "door", "by": cast.officer, "at": MONDAY} | over
    deeds.answer_survey(survey, household=household, **given)


def test_both_rates_of_a_survey(cast: Cast, topic) -> None:
    survey = survey_of(cast, topic)
    none = result_of(survey)
    assert (none.answered, none.rate) == (0, 0.0)
    assert [(c.of_base, c.of_answered) for c in none.questions[0][1]] == [(0.0, None), (0.0, None)]
    for household in ("101", "102"):
        answer(cast, survey, household)
    answer(cast, survey, "103", "西边", channel="online")
    found = result_of(survey)
    assert found.rate == 37.5 and [(str(label), n) for label, n in found.channels] == [("上门", 2), ("网上", 1)]
    assert [(c.count, c.of_base, c.of_answered) for c in found.questions[0][1]] == [(2, 25.0, 66.7), (1, 12.5, 33.3)]


def test_one_household_answers_once_over_paper_link_and_door(cast: Cast, topic) -> None:
    survey = survey_of(cast, topic)
    answer(cast, survey, "3幢 101")
    for channel in ("paper", "online", "door"):
        with pytest.raises(Refusal) as refusal:
            answer(cast, survey, "3幢101", channel=channel)
        assert refusal.value.code == "answered_already"
    assert survey.answers.count() == 1


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"answers": {}}, "not_all_answered"),
        ({"answers": {"where": "南边"}}, "not_all_answered"),
        ({"at": MONDAY + dt.timedelta(days=9)}, "not_open"),
    ],
)
def test_what_is_no_answer(cast: Cast, topic, over: dict, code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        answer(cast, survey_of(cast, topic), "101", **over)
    assert refusal.value.code == code


def test_what_was_answered_stays_asked(cast: Cast, topic) -> None:
    survey = survey_of(cast, topic)
    Survey.objects.update(questions=[*ASKED])
    answer(cast, survey, "101")
    with pytest.raises(IntegrityError), transaction.atomic():
        Survey.objects.update(questions=[])
    for over in ({"base_count": 0}, {"questions": []}, {"questions": [{"code": "a", "text": "?", "choices": ["一"]}]}):
        with pytest.raises(Refusal):
            survey_of(cast, topic, **over)
