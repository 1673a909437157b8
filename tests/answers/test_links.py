"""A question by a link: opened as often as one likes, answered once, by whoever knows the second thing."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.answers import actions, purposes
from community_portal.answers.actions import ask_by_link, revoke_links
from community_portal.answers.models import AnswerLink
from community_portal.answers.purposes import Question, register_questions
from community_portal.casework.models import Event
from community_portal.refusals import Changed, Refusal
from tests.cast import Cast
from tests.factories import make_category
from tests.race import all_at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
PHONE = "+8613812345678"


class GasForm(forms.Form):
    says = forms.ChoiceField(choices=[("ok", "可以"), ("blocked", "不可以")])
    words = forms.CharField(required=False)

    def __init__(self, *args: Any, matter: Any, part: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def act(*, matter: Any, part: str, data: dict[str, Any], link: AnswerLink, at: dt.datetime) -> None:
    if data["says"] == "blocked" and not data["words"]:
        raise Refusal("请写原因。", code="no_words", field="words")
    matter.case.write("note", by=None, at=at, authority="link", words=f"{part}:{data['says']}")


def is_asked(matter: Any, part: str) -> bool:
    return matter.state != "withdrawn"


@pytest.fixture(autouse=True)
def asked() -> Iterator[None]:
    register_questions(
        Question(
            "gas",
            "下面有没有燃气管",
            lambda pk: HelpRequest.objects.select_related("case").get(pk=pk),
            GasForm,
            act,
            "answers/question.html",
            lambda matter, part: {"part": part},
            "已转给社区。",
            is_asked=is_asked,
        )  # fmt: skip
    )
    yield
    del purposes.QUESTIONS["gas"]


@pytest.fixture
def matter(cast: Cast) -> HelpRequest:
    return register_request(
        community=cast.home,
        category=make_category(),
        words="装充电桩",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )


def ask(matter: HelpRequest, part: str = "gas", **over: Any) -> str:
    url = ask_by_link("gas", matter, who="燃气公司王工", by=None, at=clock.now(), part=part, **{"phone": PHONE} | over)
    return url.replace("http://localhost:8000", "")


def answers() -> list[str]:
    return list(Event.objects.filter(authority="link").order_by("id").values_list("words", flat=True))


def test_opening_it_changes_nothing_however_often(client: Client, matter: HelpRequest) -> None:
    url = ask(matter)
    for _n in range(3):
        page = client.get(url)
        assert page.status_code == 200 and "燃气公司王工" in page.content.decode()
    assert "138****5678" in page.content.decode() and "陈平" not in page.content.decode(), "it shows only what is asked"
    assert answers() == [] and AnswerLink.objects.live().count() == 1


def test_answered_once_and_thanked(client: Client, matter: HelpRequest) -> None:
    url = ask(matter)
    done = client.post(url, {"says": "ok", "second": "5678"}, follow=True)
    assert "收到了，谢谢您" in done.content.decode() and answers() == ["gas:ok"]
    again = client.post(url, {"says": "blocked", "words": "有管", "second": "5678"})
    assert again.status_code == 409 and answers() == ["gas:ok"]
    assert "这一次的没有记下" in again.content.decode() and "收到了" not in again.content.decode()
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("typed", ["５６７８", " 5678 ", "56 78"])
def test_digits_are_read_however_they_are_typed(client: Client, matter: HelpRequest, typed: str) -> None:
    client.post(ask(matter), {"says": "ok", "second": typed})
    assert answers() == ["gas:ok"]


def test_a_code_that_was_told_otherwise(client: Client, matter: HelpRequest) -> None:
    url = ask(matter, phone="", code="燃气2026")
    assert "约定的口令" in client.get(url).content.decode()
    client.post(url, {"says": "ok", "second": "燃气 2026"})
    assert answers() == ["gas:ok"]


def test_without_a_second_thing_there_is_no_link(matter: HelpRequest) -> None:
    with pytest.raises(Refusal):
        ask(matter, phone="", code="abc")


def test_five_wrong_tries_end_it(client: Client, matter: HelpRequest) -> None:
    url = ask(matter)
    for n in range(5):
        page = client.post(url, {"says": "ok", "second": "0000"})
        assert page.status_code == 422, n
    assert client.post(url, {"says": "ok", "second": "5678"}).status_code == 404
    assert answers() == []


def test_what_is_wrong_is_said_at_once_and_what_was_typed_stays(client: Client, matter: HelpRequest) -> None:
    url = ask(matter)
    page = client.post(url, {"says": "", "words": "写了一半", "second": ""})
    assert (
        page.status_code == 422
        and page.content.decode().count("field-error") >= 2
        and "写了一半" in page.content.decode()
    )
    page = client.post(url, {"says": "blocked", "words": "", "second": "5678"})
    assert page.status_code == 422 and "请写原因" in page.content.decode()
    assert AnswerLink.objects.live().exists(), "a refused answer leaves the link"


def test_asked_again_the_first_link_ends(client: Client, matter: HelpRequest) -> None:
    first, second = ask(matter), ask(matter)
    assert client.get(first).status_code == 404 and client.get(second).status_code == 200


def test_links_for_other_parts_and_other_people_stay(client: Client, matter: HelpRequest) -> None:
    gas, power, other = ask(matter, "gas"), ask(matter, "power"), ask(matter, "gas", phone="+8613900000001")
    client.post(power, {"says": "ok", "second": "5678"})
    assert answers() == ["power:ok"]
    assert all(client.get(url).status_code == 200 for url in (gas, other))


def test_taken_back(client: Client, matter: HelpRequest) -> None:
    gas, power = ask(matter, "gas"), ask(matter, "power")
    assert revoke_links(matter, at=clock.now(), part="gas") == 1
    assert client.get(gas).status_code == 404 and client.get(power).status_code == 200


def test_over_after_its_time(client: Client, matter: HelpRequest) -> None:
    url = ask(matter)
    AnswerLink.objects.update(expires_at=clock.now())
    assert client.get(url).status_code == 404


def test_not_asked_any_more(client: Client, matter: HelpRequest) -> None:
    url = ask(matter)
    HelpRequest.objects.update(state="withdrawn", outcome="withdrawn", closed_at=clock.now())
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("token", ["x", "y" * 32, "%00", "a" * 200])
def test_a_guessed_link_is_none(client: Client, token: str) -> None:
    assert client.get(f"/a/{token}/").status_code == 404


def test_only_hashes_are_kept(matter: HelpRequest) -> None:
    token = ask(matter).strip("/").split("/")[-1]
    kept = " ".join(map(str, AnswerLink.objects.values_list()[0]))
    assert token not in kept and "5678" not in kept.replace("138****5678", "")


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one(matter: HelpRequest) -> None:
    ask(matter)
    link = AnswerLink.objects.get()
    data = {"says": "ok", "words": ""}
    got = all_at_once([lambda: actions.answer(link, data=data, at=clock.now())] * 4)
    assert sorted(type(answer).__name__ for answer in got) == ["Changed", "Changed", "Changed", "NoneType"]
    assert isinstance(got[0], Changed | None) and answers() == ["gas:ok"]
