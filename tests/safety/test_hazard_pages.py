"""Hazards on pages and over HTTP: reported without a name, found at work, shown before beside after, on paper, in a file, as figures."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document

from community_portal import clock
from community_portal.dashboards.fold import all_differences, fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of
from community_portal.measure import FIGURES
from community_portal.measure.boards import BOARDS
from safety.models import Hazard
from safety.queries.hazards_desk import desk_of
from safety.workflow.states import Hazarding
from tests.casework.photos import photo
from tests.cast import MONDAY, Cast
from tests.safety.hazarding import DAY, Watch, assign, bring_to, found, make_watch, picture, read, submit, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def watch(cast: Cast) -> Watch:
    return make_watch(cast)


def shot(name: str = "a.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, photo())


def test_without_a_name_there_is_one_sentence_and_one_code(watch: Watch, signed_in: Any) -> None:
    client, code = signed_in(None), watch.cast.home.code
    page = client.get(f"/report/hazard/?at={code}").content.decode()
    assert "先打 119" in page and "楼道、通道堆东西" in page
    typed = {"kind": "blocked_way", "place": "东门口", "words": "堆了砖", "who": "anonymous", "photos": shot()}
    answer = client.post(f"/report/hazard/?at={code}", typed, follow=True).content.decode()
    hazard = Hazard.objects.get()
    assert (hazard.is_anonymous, hazard.case.opened_by, hazard.photos.count()) == (True, None, 1)
    assert hazard.case.number in answer and hazard.case.phone_tail in answer
    looked = {"number": hazard.case.number, "tail": hazard.case.phone_tail}
    assert "已收到，会有人去看" in client.post(reverse("look_up"), looked, follow=True).content.decode()


def test_nothing_is_lost_of_what_was_typed_where_a_place_is_missing(watch: Watch, signed_in: Any) -> None:
    client = signed_in(None)
    typed = {"kind": "lights", "words": "三楼的灯不亮", "who": "anonymous"}
    answer = client.post(f"/report/hazard/?at={watch.cast.home.code}", typed)
    assert answer.status_code == 422
    assert "三楼的灯不亮" in answer.content.decode() and "写在哪里" in answer.content.decode()


def test_at_the_desk_for_somebody_and_how_it_reached_us(watch: Watch, signed_in: Any) -> None:
    client = signed_in(watch.cast.reception)
    typed = {"kind": "lights", "place": "车库", "source": "12345"}
    client.post(f"/report/hazard/?resident={watch.cast.elder.pk}", typed)
    hazard = Hazard.objects.get()
    assert (hazard.case.asker, hazard.source, hazard.case.source) == (watch.cast.elder, "resident", "12345")
    client.post("/report/hazard/", typed)
    assert Hazard.objects.latest("pk").source == "hotline"


def test_while_it_is_typed_what_may_be_the_same_is_shown_with_photo_and_words(watch: Watch, signed_in: Any) -> None:
    first = found(watch, at=clock.now() - 2 * DAY)
    client = signed_in(watch.safety)
    page = client.get(f"/safety/hazards/alike/?kind=blocked_way&premises={watch.premises.pk}").content.decode()
    photo_url = reverse("attachment", args=[first.photos.get().attachment_id])
    assert photo_url in page and "2 楼楼道堆了旧家具" in page
    assert (
        "旧家具" not in client.get(f"/safety/hazards/alike/?kind=lights&premises={watch.premises.pk}").content.decode()
    )
    again = found(watch, at=clock.now())
    page = client.get(f"/safety/hazards/{again.case.number}/").content.decode()
    assert "7 天里这里还报过" in page and photo_url in page
    page = client.get(f"/safety/hazards/{again.case.number}/duplicate/").content.decode()
    assert photo_url in page and "2 楼楼道堆了旧家具" in page


def test_found_by_an_officer_and_by_a_company_in_what_it_manages(watch: Watch, signed_in: Any) -> None:
    typed = {"kind": "fire_door", "premises": watch.premises.pk, "level": "serious", "photos": shot()}
    assert signed_in(watch.cast.officer).post("/safety/hazards/new/", typed).status_code == 303
    assert (Hazard.objects.get().source, Hazard.objects.get().state) == ("grid", Hazarding.VERIFIED)
    client = signed_in(watch.fang)
    page = client.get("/safety/hazards/new/").content.decode()
    assert watch.premises.name in page and "龙田花苑 12" not in page
    answer = client.post("/safety/hazards/new/", {"kind": "lights", "premises": watch.premises.pk})
    made = Hazard.objects.latest("pk")
    assert answer.headers["Location"].endswith(f"/safety/hazards/{made.case.number}/")
    assert (made.source, made.state) == ("property", Hazarding.REPORTED)
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client.post("/safety/hazards/new/", {"kind": "lights", "place": "别处"}).status_code == 403


def test_before_beside_after_with_what_the_photos_say_and_what_was_here_before(watch: Watch, signed_in: Any) -> None:
    found(watch, at=MONDAY - 100 * DAY)
    hazard = assign(verify(found(watch), watch), watch)
    submit(hazard, watch, photos=[picture(taken_at=MONDAY + DAY), picture()])
    page = signed_in(watch.cast.officer).get(f"/safety/hazards/{hazard.case.number}/").content.decode()
    for words in (
        "整改前",
        "整改后",
        "有照片没带拍摄时间",
        "和整改前不是同一张照片",
        "轮到您：到现场复查",
        "这个地方一年里第 2 次了",
        "够 1.2 米宽吗？",
    ):
        assert words in page
    theirs = signed_in(watch.fang).get(f"/safety/hazards/{hazard.case.number}/").content.decode()
    assert "轮到您：到现场复查" not in theirs and "整改后" in theirs


def test_looked_at_on_the_page_and_refused_beside_its_field(watch: Watch, signed_in: Any) -> None:
    hazard = bring_to(Hazarding.SUBMITTED, watch)
    client, url = signed_in(watch.cast.officer), f"/safety/hazards/{hazard.case.number}/"
    yes = {"seen": hazard.version, "q0": "1", "q1": "1", "q2": "1"}
    answer = client.post(f"{url}pass/", yes)
    assert answer.status_code == 422 and "请用手指写下名字" in answer.content.decode()
    assert "请答这一项" in client.post(f"{url}pass/", {"seen": hazard.version, "q0": "1"}).content.decode()
    no = yes | {"q1": "0", "words": "还有沙发", "due_on": f"{clock.today() + 400 * DAY:%Y-%m-%d}"}
    assert client.post(f"{url}fail/", no).status_code == 422
    assert read(hazard).state == Hazarding.SUBMITTED


def test_who_reported_it_reads_it_with_the_photo_of_afterwards(watch: Watch, signed_in: Any) -> None:
    mine = found(watch, by=watch.cast.elder_account, reporter=watch.cast.elder, code="")
    hazard = bring_to(Hazarding.CLOSED, watch, mine)
    client = signed_in(watch.cast.elder_account)
    page = client.get(f"/my/safety/hazards/{hazard.case.number}/").content.decode()
    after = hazard.photos.get(side="after").attachment_id
    assert "改好了，复查过了" in page and reverse("attachment", args=[after]) in page
    assert client.get(reverse("attachment", args=[after])).status_code == 200
    answer = client.post(
        f"/my/safety/hazards/{hazard.case.number}/reopen/", {"words": "又堆了", "seen": hazard.version}
    )
    assert answer.status_code == 303 and read(hazard).state == Hazarding.VERIFIED


def test_the_notice_on_a_page_and_in_word(watch: Watch, signed_in: Any) -> None:
    hazard = verify(found(watch), watch, level="serious")
    client, url = signed_in(watch.safety), f"/safety/hazards/{hazard.case.number}/paper/"
    assert client.get(url).status_code == 422
    assign(hazard, watch, interim="拉了警戒带", cost=600, paid_by="物业出")
    page = client.get(url).content.decode()
    for words in ("限期整改通知", "方圆物业", "拉了警戒带", "消防法第 28 条", "约 600 元"):
        assert words in page
    word = Document(io.BytesIO(client.get(f"{url}word/").content))
    text = "\n".join([p.text for p in word.paragraphs] + [c.text for t in word.tables for r in t.rows for c in r.cells])
    assert "限期整改通知" in text and "拉了警戒带" in text
    assert signed_in(watch.fang).get(url).status_code == 200


def test_file_and_brief(watch: Watch, signed_in: Any) -> None:
    hazard = bring_to(Hazarding.CLOSED, watch)
    client = signed_in(watch.cast.manager)
    page = client.get(f"/dossier/hazard/{hazard.case.number}/").content.decode()
    assert "方圆物业" in page and "整改后" in page and "周敏" in page
    assert client.get(f"/dossier/hazard/{hazard.case.number}/?as=word").status_code == 200
    brief = client.get(f"/dossier/hazard/{hazard.case.number}/brief/").content.decode()
    assert "从发现到销号" in brief and "陈志强" not in brief


def test_over_http_without_a_name_by_staff_and_through_the_steps_with_photos(watch: Watch, signed_in: Any) -> None:
    nobody, code = signed_in(None), watch.cast.home.code
    given = {"community": code, "kind": "blocked_way", "place": "东门口", "photos": shot()}
    answer = nobody.post("/api/v1/hazards/", given)
    assert answer.status_code == 201 and set(answer.json()) == {"reference", "code"}
    hazard = Hazard.objects.get()
    assert hazard.is_anonymous and hazard.photos.count() == 1 and hazard.case.phone_tail == answer.json()["code"]
    assert nobody.get(f"/api/v1/hazards/{hazard.case.number}/").status_code in (401, 403)
    nameless = signed_in(watch.cast.elder_account).post(
        "/api/v1/hazards/", given | {"anonymous": "1", "photos": shot()}
    )
    assert nameless.status_code == 201 and Hazard.objects.latest("pk").case.opened_by is None
    client, url = signed_in(watch.safety), f"/api/v1/hazards/{hazard.case.number}/"
    assert client.post(f"{url}verify/", {"level": "general", "kind": "blocked_way"}).status_code == 200
    due = hazard.opened_at + DAY
    while due.isoweekday() > 5:
        due += DAY
    give = {"officer": watch.other.username, "organisation": watch.firm.pk, "due_on": f"{due:%Y-%m-%d}"}
    told = client.post(f"{url}assign/", give).json()
    assert told.get("state"), told
    assert told["organisation"] == "方圆物业" and told["state"] == "assigned", told
    theirs = signed_in(watch.fang)
    assert theirs.post(f"{url}submit/", {"words": "搬走了"}).status_code == 422
    out = io.BytesIO()
    picture_now = picture(colour=91)
    out.write(picture_now.data)
    handed = theirs.post(f"{url}submit/", {"words": "搬走了", "photos": SimpleUploadedFile("b.jpg", out.getvalue())})
    assert handed.status_code == 200 and [one["side"] for one in handed.json()["photos"]] == ["before", "after"]


def test_the_list_by_age_and_a_constant_number_of_questions(
    watch: Watch, signed_in: Any, django_assert_max_num_queries: Any
) -> None:
    now = clock.now()
    for days in (0, 2, 5, 9, 20):
        found(watch, at=now - days * DAY)
    desk = desk_of(watch.safety, at=now)
    assert [(age.size, [row.days for row in age.rows]) for age in desk.ages] == [
        (1, [20]), (1, [9]), (1, [5]), (2, [2, 0]),
    ]  # fmt: skip
    assert (desk.total, desk.to_verify, desk.waiting) == (5, 5, 0)
    client = signed_in(watch.safety)
    client.get("/safety/hazards/desk/")
    with django_assert_max_num_queries(40) as few:
        client.get("/safety/hazards/desk/")
    for _more in range(12):
        found(watch, at=now)
    with django_assert_max_num_queries(len(few)):
        assert "没销号的 17 处" in client.get("/safety/hazards/desk/").content.decode()


def value(cast: Cast, name: str, label: str = "") -> Any:
    fold_figures()
    reading = reading_of([cast.home.pk], Period(BEGINNING, clock.today() + dt.timedelta(days=400), ""))
    return FIGURES[name].value_of(label, reading) if label else FIGURES[name].value(reading)


def test_every_figure_is_counted_from_rows_and_stands_on_the_board(watch: Watch) -> None:
    closed = bring_to(Hazarding.CLOSED, watch)
    late = assign(verify(found(watch, source="grid", by=watch.cast.officer), watch), watch)
    submit(late, watch, at=MONDAY + 5 * DAY)
    bring_to(Hazarding.ASSIGNED, watch)
    bring_to(Hazarding.FIXED, watch)
    bring_to(Hazarding.NOT_HAZARD, watch)
    bring_to(Hazarding.TRANSFERRED, watch)
    Hazard.objects.filter(pk=closed.pk).update(reopened_count=0)
    counted = {
        "hazards_found": 5, "hazards_verified": 5, "hazards_closed": 1, "hazards_fixed_on_spot": 1,
        "hazard_closed_rate": 33.3, "hazard_on_time_rate": 33.3, "hazards_reopened": 0, "hazards_waiting": 1,
        "hazard_days_median": 2,
    }  # fmt: skip
    assert {name: value(watch.cast, name) for name in counted} == counted
    assert value(watch.cast, "hazards_found", "grid") == 1
    assert value(watch.cast, "hazards_verified", "general") == 5
    assert (
        value(watch.cast, "hazards_overdue")
        == Hazard.objects.filter(state="assigned", due_on__lt=clock.today()).count()
    )
    assert set(counted) | {"hazards_overdue"} <= set(BOARDS["hazards"].names)
    assert not any(all_differences())
