"""反映问题: one page for what services take reports of; by name, without one, at the desk, from a QR."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client

from community_portal.casework.actions import open_case, start_matter
from community_portal.casework.models import Case, Event
from community_portal.front import parts, reports
from community_portal.matters.actions.opening import open_for
from community_portal.people.authority import staff_authority
from community_portal.people.models import Resident, User
from community_portal.refusals import Refusal
from tests.cast import Cast
from tests.factories import make_user
from tests.toy_service.models import Aid, Loan

pytestmark = pytest.mark.usefixtures("toy", "fresh_limits")


class LostForm(forms.Form):
    words = forms.CharField(label="什么", max_length=40)
    where = forms.CharField(label="哪里", max_length=40, required=False)

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["where"].help_text = str(community)


def lost(*, community: Any, data: Any, reporter: Any, code: str, source: str, by: Any, at: Any) -> Loan:
    if data["words"] == "不收":
        raise Refusal("这个不收。", code="no", field="words")
    loan = Loan(aid=Aid.STICK)
    told = {"title": "丢了", "words": data["words"], "source": source, "by": by, "at": at}
    if reporter:
        open_for(reporter, loan, **told)
        return loan
    loan.case = open_case(community=community, grid=None, resident=None, asker=None, phone_tail=code, **told)
    loan.community, loan.state = community, loan.flow.start
    start_matter(loan, by=by, at=at, authority=staff_authority(by, community_id=community.pk))
    return loan


@pytest.fixture(autouse=True)
def kind(monkeypatch: pytest.MonkeyPatch) -> Iterator[reports.ReportKind]:
    for held in (reports.KINDS, parts.TILES, parts.DESK_BUTTONS):
        monkeypatch.setattr(reports if held is reports.KINDS else parts, _name_of(held), held.copy())
    monkeypatch.setattr("community_portal.front.report_views.KINDS", reports.KINDS)
    reports.KINDS.clear()
    one = reports.ReportKind(
        name="lost", label="丢了拐杖", sub="在哪里看见的", icon="search", hue="amber", form=LostForm, create=lost,
        anonymous=True, statement="先打 119。",
    )  # fmt: skip
    reports.register_report_kinds(one)
    yield one


def _name_of(held: Any) -> str:
    return "KINDS" if held is reports.KINDS else "TILES" if held is parts.TILES else "DESK_BUTTONS"


@pytest.fixture
def nobody() -> Client:
    return Client(HTTP_HOST="localhost")


def report(client: Client, where: str = "/report/lost/", **typed: str) -> Any:
    return client.post(where, {"words": "楼下有一根", "who": "anonymous"} | typed)


def test_whoever_leaves_no_name_gets_six_digits_that_open_the_look_up(nobody: Client, cast: Cast) -> None:
    assert report(nobody)["Location"] == "/report/received/"
    page = nobody.get("/report/received/").content.decode()
    case = Case.objects.get()
    assert re.fullmatch(r"\d{6}", case.phone_tail) and case.phone_tail in page and case.number in page
    assert (case.resident, case.opened_by, case.source) == (None, None, "online")
    found = nobody.post("/look-up/", {"number": case.number, "tail": case.phone_tail})
    assert found.status_code == 200 and case.number in found.content.decode()
    assert nobody.post("/look-up/", {"number": case.number, "tail": case.phone_tail[:4]}).status_code == 422


def test_what_was_scanned_in_another_house_is_received_in_that_house(nobody: Client, cast: Cast) -> None:
    """With its telephone; and who reports one thing more stays there."""
    there = cast.next_door
    there.phone = "0513-22222222"
    there.save()
    assert there.phone not in nobody.get("/report/").content.decode()
    report(nobody, where=f"/report/lost/?at={there.code}")
    page = nobody.get("/report/received/").content.decode()
    assert there.phone in page and f'href="/report/?at={there.code}"' in page


def test_nobody_is_written_down_who_wants_no_name(cast: Cast, signed_in: Any) -> None:
    """Signed in or not."""
    report(signed_in(cast.elder_account))
    case = Case.objects.get()
    assert (case.resident, case.opened_by, case.asker) == (None, None, None)
    assert list(Event.objects.values_list("actor", "on_behalf_of")) == [(None, None)]


def test_by_name_it_is_a_matter_of_theirs(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.elder_account)
    assert report(client, who="named").status_code == 303
    case = Case.objects.get()
    assert (case.resident, case.phone_tail) == (cast.elder, "2046")
    assert case.number in client.get("/my/").content.decode() or "丢了" in client.get("/my/").content.decode()


def test_whoever_wants_to_be_told_signs_in_and_finds_what_they_typed(nobody: Client, cast: Cast) -> None:
    answer = report(nobody, where="/report/lost/?at=LT", who="named", words="三楼的")
    assert answer["Location"].startswith("/sign-in/") and "next=/report/lost/" in answer["Location"]
    assert not Case.objects.exists()
    nobody.force_login(cast.elder_account)
    page = nobody.get("/report/lost/?at=LT").content.decode()
    assert page.count("三楼的") == 1


def test_somebody_new_says_their_name_once(cast: Cast, signed_in: Any) -> None:
    user = make_user(phone="+8613811110000")
    client = signed_in(user)
    assert report(client, who="named").status_code == 422
    assert report(client, who="named", name="王新").status_code == 303
    assert Case.objects.get().resident == User.objects.get(pk=user.pk).resident == Resident.objects.get(name="王新")


def test_the_desk_reports_for_somebody_or_for_nobody_in_particular(cast: Cast, signed_in: Any) -> None:
    desk = signed_in(cast.reception)
    page = desk.get(f"/report/lost/?resident={cast.elder.pk}").content.decode()
    assert cast.elder.name in page and 'name="who"' not in page
    report(desk, f"/report/lost/?resident={cast.elder.pk}", source="phone")
    report(desk, source="patrol")
    told, seen = Case.objects.order_by("id")
    assert (told.resident, told.source, told.opened_by) == (cast.elder, "phone", cast.reception)
    assert (seen.resident, seen.source, len(seen.phone_tail)) == (None, "patrol", 6)
    assert desk.get(f"/report/lost/?resident={cast.stranger_resident.pk}").status_code == 404


def test_a_qr_says_where_and_begins_the_form(nobody: Client, cast: Cast) -> None:
    page = nobody.get("/report/lost/?at=XF&where=3幢").content.decode()
    assert "幸福社区" in page and 'value="3幢"' in page
    report(nobody, "/report/lost/?at=XF")
    assert Case.objects.get().community == cast.next_door


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(nobody: Client, cast: Cast) -> None:
    answer = report(nobody, words="不收", where_="x")
    assert answer.status_code == 422 and answer.context["form"].errors == {"words": ["这个不收。"]}
    assert report(nobody, words="").status_code == 422 and not Case.objects.exists()


def test_a_form_sent_twice_counts_once(nobody: Client, cast: Cast) -> None:
    for _again in range(2):
        assert report(nobody, once="k" * 32).status_code == 303
    assert Case.objects.count() == 1


def test_one_place_cannot_flood_the_desk(nobody: Client, cast: Cast) -> None:
    answers = [report(nobody, words=f"第 {n} 根").status_code for n in range(21)]
    assert answers == [303] * 20 + [422]


def test_a_kind_that_wants_names_leads_to_the_door(nobody: Client, cast: Cast, kind: Any) -> None:
    object.__setattr__(kind, "anonymous", False)
    assert report(nobody)["Location"].startswith("/sign-in/")


def test_one_page_for_all_kinds(nobody: Client, cast: Cast, kind: Any) -> None:
    assert "先打 119" in nobody.get("/report/").content.decode()  # the only one there is
    other = reports.ReportKind(
        name="found", label="捡到了", sub="", icon="search", hue="green", form=LostForm, create=lost
    )
    reports.register_report_kinds(other)
    page = nobody.get("/report/").content.decode()
    assert "/report/lost/" in page and "/report/found/" in page
    assert nobody.get("/report/nothing/").status_code == 404
    assert nobody.get("/report/received/")["Location"] == "/report/"
