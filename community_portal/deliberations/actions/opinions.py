"""What people say: taking it down, putting alike together, answering it; surveys."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.models import Channel, Objection, Opinion, Survey, SurveyAnswer
from community_portal.deliberations.topics import CONVENERS, RECORDERS, Topic, authority_to, topic_again
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal


def _said(words: str, field: str = "words") -> str:
    text = read_text(words, field=field)
    if len(text) < 2:
        raise Refusal(_("请写一句说明。"), code="no_words", field=field)
    return text


@transaction.atomic
def take_objection(
    topic: Topic,
    *,
    words: str,
    channel: str,
    due_on: dt.date,
    by: User | None,
    at: dt.datetime,
    name: str = "",
) -> Objection:
    """Somebody objects: online by themselves (``by`` None or not of the staff), else written down by the staff. It is answered by
    ``due_on``."""
    authority = "system" if channel == Channel.ONLINE else authority_to(topic, RECORDERS, by)
    row = Objection(words=_said(words), name=read_text(name, field="name", longest=60), channel=channel, due_on=due_on)
    topic.hang(row, by=by, at=at)
    row.save(force_insert=True)
    topic.write("objection_received", by=by, at=at, authority=authority)
    return row


@transaction.atomic
def answer_objection(objection: Objection, *, reply: str, by: User | None, at: dt.datetime) -> None:
    """The answer, for all to read. Raises Changed when it was answered meanwhile."""
    topic = topic_again(objection)
    authority = authority_to(topic, CONVENERS, by)
    text = _said(reply, "reply")
    rows = Objection.objects.filter(pk=objection.pk, replied_at__isnull=True)
    if not rows.update(reply=text, replied_by=by, replied_at=at):
        raise Changed(_("情况有变：这一条刚刚已经答复了。"))
    objection.refresh_from_db()
    topic.write("objection_answered", by=by, at=at, authority=authority, words=text, is_public=True)


@transaction.atomic
def take_opinion(
    topic: Topic, *, about: str, words: str, channel: str, by: User | None, at: dt.datetime, name: str = ""
) -> Opinion:
    """Something somebody thinks of it; nobody has to answer each of them."""
    authority_to(topic, RECORDERS, by)
    row = Opinion(topic=about[:60], words=_said(words), channel=channel, name=read_text(name, field="name", longest=60))
    topic.hang(row, by=by, at=at)
    row.save(force_insert=True)
    return row


@transaction.atomic
def merge_opinion(opinion: Opinion, *, into: Opinion, by: User | None, at: dt.datetime) -> None:
    """It says the same as an earlier one: counted with it and answered with it. What was merged into it goes along."""
    authority_to(topic_again(opinion), RECORDERS, by)
    first = into.merged_into or into
    same = (first.flow, first.matter_id, first.community_id) == (opinion.flow, opinion.matter_id, opinion.community_id)
    if first.pk == opinion.pk or not same:
        raise Refusal(_("请选同一件事的另一条意见。"), code="no_twin", field="into")
    Opinion.objects.filter(pk=opinion.pk).update(merged_into=first)
    Opinion.objects.filter(merged_into=opinion.pk).update(merged_into=first)


@transaction.atomic
def answer_opinion(opinion: Opinion, *, reply: str, by: User | None, at: dt.datetime, publish: bool = False) -> None:
    """One answer for all that say the same."""
    authority_to(topic_again(opinion), CONVENERS, by)
    text, first = _said(reply, "reply"), opinion.merged_into or opinion
    published = {"published_at": at} if publish else {}
    Opinion.objects.filter(pk=first.pk).update(reply=text, replied_by=by, replied_at=at, **published)


# ---- surveys ---------------------------------------------------------------------------------------------------


@transaction.atomic
def open_survey(
    topic: Topic,
    *,
    title: str,
    questions: list[dict[str, Any]],
    base_count: int,
    base_how: str,
    opens_on: dt.date,
    closes_on: dt.date,
    by: User | None,
    at: dt.datetime,
) -> Survey:
    """Questions to so many households, and where that number comes from."""
    authority_to(topic, CONVENERS, by)
    codes = [question["code"] for question in questions]
    if not questions or len(set(codes)) < len(codes) or not all(len(q["choices"]) > 1 for q in questions):
        raise Refusal(_("每个问题至少要有两个选项。"), code="no_questions", field="questions")
    if base_count < 1:
        raise Refusal(_("请填一共多少户。"), code="no_base", field="base_count")
    if closes_on < opens_on:
        raise Refusal(_("结束不能早于开始。"), code="closes_before_it_opens", field="closes_on")
    if closes_on < clock.local(at).date():
        raise Refusal(_("截止时间已经过去了。"), code="closed_already", field="closes_on")
    said = {"title": title, "questions": questions, "base_count": base_count, "base_how": base_how}
    survey = Survey(opens_on=opens_on, closes_on=closes_on, **said)
    topic.hang(survey, by=by, at=at)
    survey.save(force_insert=True)
    return survey


@transaction.atomic
def answer_survey(
    survey: Survey,
    *,
    household: str,
    answers: Mapping[str, str],
    channel: str,
    by: User | None,
    at: dt.datetime,
    words: str = "",
) -> SurveyAnswer:
    """What one household says, whichever way it came. Raises Refusal for a household that has answered, and after the end."""
    authority_to(topic_again(survey), RECORDERS, by)
    if not survey.opens_on <= clock.local(at).date() <= survey.closes_on:
        raise Refusal(_("问卷没有在进行。"), code="not_open", field=None)
    offered = {question["code"]: question["choices"] for question in survey.questions}
    if any(answers.get(code) not in choices for code, choices in offered.items()):
        raise Refusal(_("每个问题都要选一项。"), code="not_all_answered", field="answers")
    key = "".join(read_text(household, field="household", longest=60).split())
    if not key:
        raise Refusal(_("请写是哪一户。"), code="no_household", field="household")
    Survey.objects.select_for_update().get(pk=survey.pk)
    told = survey.answers
    if told.count() >= survey.base_count and not told.filter(household=key).exists():
        raise Refusal(_("答的户数不能比一共的户数多。"), code="more_than_the_base", field="household", status=409)
    kept = {code: answers[code] for code in offered}
    said = {"words": read_text(words, field="words"), "channel": channel, "recorded_by": by, "at": at}
    try:
        with transaction.atomic():
            return SurveyAnswer.objects.create(survey=survey, household=key, answers=kept, **said)
    except IntegrityError as error:
        raise Refusal(_("这一户已经答过了。"), code="answered_already", field="household", status=409) from error
