"""The contractor's half: the order, the photos of each line, the papers of each product, and nothing of anybody's health."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from community_portal.casework.actions import PartsMissing
from community_portal.casework.uploads import keep_file
from community_portal.people.models import Resident
from community_portal.refusals import Refusal
from eldercare.actions.products import record_product
from eldercare.actions.works import add_line_photo, refuse_order, report_done, take_order
from eldercare.models import Adaptation, LinePhoto, Moment
from eldercare.queries.works import seen_by_nobody
from eldercare.workflow.states import State
from tests.casework.photos import photo
from tests.clients import client_of
from tests.eldercare.built import MONDAY, finish_lines, fresh, make_works, snapshot
from tests.eldercare.elders import make_elder

pytestmark = pytest.mark.django_db
BEGIN = {"starts_on": MONDAY.date(), "ends_on": None, "safety_read": True, "words": ""}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts_on": None}, "starts_on"),
        ({"starts_on": MONDAY.date() - dt.timedelta(days=1)}, "starts_on"),
        ({"ends_on": MONDAY.date() - dt.timedelta(days=1)}, "ends_on"),
        ({"safety_read": False}, "safety_read"),
    ],
)
def test_an_order_is_taken_with_a_day_and_the_notice_read(cast, given, field):
    adaptation, man = make_works(cast, State.ORDERED)
    with pytest.raises(Refusal) as refused:
        take_order(adaptation, by=man, at=MONDAY, **BEGIN | given)
    assert refused.value.field == field


def test_taken_it_is_at_work(cast):
    adaptation, man = make_works(cast, State.ORDERED)
    take_order(adaptation, by=man, at=MONDAY, **BEGIN)
    assert fresh(adaptation).state == State.WORKS
    assert adaptation.orders.get().safety_read_at == MONDAY


def test_refused_it_stays_readable_with_its_words(cast):
    adaptation, man = make_works(cast, State.ORDERED)
    refuse_order(adaptation, by=man, at=MONDAY, words="人手不够")
    assert (adaptation.orders.get().refused_why, fresh(adaptation).state) == ("人手不够", State.ORDERED)


def test_an_order_that_nobody_has_seen_stands_on_the_list_until_somebody_opens_it(cast):
    adaptation, man = make_works(cast, State.ORDERED)
    assert [order.adaptation for order in seen_by_nobody(cast.street_officer)] == [adaptation]
    today = client_of(cast.street_officer).get("/eldercare/").content.decode()
    assert f"{adaptation.case.number} · {adaptation.contractor}" in today  # below the elder's name
    client_of(cast.street_officer).get(f"/works/{adaptation.case.number}/")
    assert seen_by_nobody(cast.street_officer).count() == 1
    assert client_of(man).get(f"/works/{adaptation.case.number}/").status_code == 200
    assert seen_by_nobody(cast.street_officer).count() == 0


def test_the_builder_opens_no_paper_of_the_home(cast):
    """What the resident answered with is a proof of hardship as like as not; the pictures of the lines are theirs."""
    adaptation, man = make_works(cast)
    answer = adaptation.write("answer", by=cast.reception, at=MONDAY, authority="role:receptionist")
    proof = keep_file(adaptation.case, snapshot("proof"), kind="photo", by=cast.reception, at=MONDAY, event=answer)
    shot = add_line_photo(adaptation.plan.lines.first(), snapshot("line"), moment=Moment.AFTER, by=man, at=MONDAY)
    client = client_of(man)
    assert client.get(f"/files/{proof.pk}/").status_code == 404
    assert client.get(f"/files/{shot.attachment_id}/").status_code == 200
    assert client_of(cast.street_officer).get(f"/files/{proof.pk}/").status_code == 200


def test_done_is_reported_when_every_line_has_its_photo_and_papers(cast):
    adaptation, man = make_works(cast)
    with pytest.raises(PartsMissing) as refused:
        report_done(adaptation, by=man, at=MONDAY, words="")
    assert [str(part.sentence) for part in refused.value.parts] == [
        "安装扶手还没有完工照片",
        "防滑处理还没有完工照片",
        "配置护理床还没有完工照片",
        "配置护理床第 1 件还没有合格证",
    ]
    finish_lines(adaptation, man)
    report_done(adaptation, by=man, at=MONDAY, words="")
    adaptation = fresh(adaptation)
    assert adaptation.state == State.ACCEPTING
    assert [row.line.number for row in adaptation.acceptances.get().lines.all()] == [1, 2, 3]


def test_photos_show_the_works_and_nothing_else(cast):
    adaptation, man = make_works(cast)
    first, second, _bed = adaptation.plan.lines.all()
    given = {"by": man, "at": MONDAY}
    add_line_photo(first, snapshot("a"), moment=Moment.BEFORE, **given)
    for line, shot in (
        (first, snapshot("a")),  # the same as before
        (second, snapshot("a")),  # another line's
        (first, snapshot("b", MONDAY - dt.timedelta(days=400))),  # from last year
    ):
        with pytest.raises(Refusal) as refused:
            add_line_photo(line, shot, moment=Moment.AFTER, **given)
        assert refused.value.field == "photo"
    kept = add_line_photo(first, snapshot("c"), moment=Moment.AFTER, **given)
    assert kept.taken_at is None  # allowed, and marked
    assert LinePhoto.objects.count() == 2


def test_on_the_page_a_photo_without_a_moment_is_marked_and_an_old_one_refused_beside_its_field(cast):
    adaptation, man = make_works(cast)
    url = f"/works/{adaptation.case.number}/"
    old = {"moment": "after", "photo": SimpleUploadedFile("a.jpg", photo("2020:01:01 10:00:00"))}
    answer = client_of(man).post(f"{url}lines/1/photo/", old)
    assert answer.status_code == 422 and "早于开工" in answer.content.decode()
    new = {"moment": "after", "photo": SimpleUploadedFile("a.jpg", photo("none"))}
    assert client_of(man).post(f"{url}lines/1/photo/", new).status_code == 303
    assert "没有拍摄时间" in client_of(man).get(url).content.decode()


def test_a_serial_stands_in_one_home(cast):
    adaptation, man = make_works(cast)
    rail, floor, bed = adaptation.plan.lines.all()
    given = {"number": 1, "seen": None, "maker": "康禾", "serial": "KH-1", "by": man, "at": MONDAY}
    record_product(bed, **given)
    with pytest.raises(Refusal) as refused:
        record_product(rail, **given)
    assert refused.value.field == "serial"


def test_the_contractor_reads_nothing_of_health_or_hardship(cast):
    make_elder(cast, hardship="minimum", hardship_proof="D-1", disability="physical", disability_level=2)
    Resident.objects.filter(pk=cast.elder.pk).update(care_tags=["lives_alone"])
    adaptation, man = make_works(cast)
    Adaptation.objects.filter(pk=adaptation.pk).update(needs="中风以后半边瘫")
    client = client_of(man)
    page = client.get(f"/works/{adaptation.case.number}/").content.decode()
    assert "12幢" in page and "安装扶手" in page
    told = page + client.get(f"/api/v1/adaptations/{adaptation.case.number}/").content.decode()
    for word in (
        "低保",
        "肢体",
        "独居",
        "中风",
        "起夜",
        "失能",
        "hardship",
        "disability",
        "care_tags",
        "needs",
        "夜里起不来",
    ):
        assert word not in told, word
    answer = client.get(f"/eldercare/{adaptation.case.number}/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/works/{adaptation.case.number}/")


def test_papers_of_a_product_are_typed_on_its_page(cast):
    adaptation, man = make_works(cast)
    client, url = client_of(man), f"/works/{adaptation.case.number}/lines/3/products/1/"
    assert client.get(url.replace("products/1/", "products/2/")).status_code == 404  # one bed, one product
    assert client.get(url).status_code == 200
    typed = {"brand": "康禾", "maker": "康禾", "serial": "KH-1", "certificate": SimpleUploadedFile("a.jpg", photo())}
    assert client.post(url, typed).status_code == 303
    page = client.get(f"/works/{adaptation.case.number}/").content.decode()
    assert "KH-1" in page and "有合格证" in page
