"""Pages from the application to the order, as people press them."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.outbox.models import Message
from community_portal.people.models import ViewLog
from eldercare.actions.catalogues import load_national
from eldercare.models import Adaptation, CatalogueList, Programme
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.adapting import (
    TOLD,
    add_line,
    drawn,
    fresh,
    make_builder,
    make_carer,
    make_eligible,
    ordered,
    planning,
    proposed,
    reviewed,
)
from tests.eldercare.elders import MONDAY, make_adaptation, make_programme
from tests.factories import make_category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
SignedIn = Callable[[Any], Client]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def of(number: str, page: str = "") -> str:
    return f"/eldercare/{number}/{page}"


def test_three_screens_on_a_phone(cast: Cast, signed_in: SignedIn) -> None:
    make_programme(cast, papers=["身份证复印件"])
    client = signed_in(cast.elder_account)
    assert "给谁申请" in client.get("/care/apply/").content.decode()
    answer = client.post("/care/apply/", {"resident": cast.elder.pk})
    home = answer["Location"]
    page = client.get(home).content.decode()
    assert page.count('name="difficulties"') == 13
    answer = client.post(
        home, {"difficulties": ["no_rail", "dark"], "needs": "起夜要摸黑", "tenure": "own", "works_begun": "no"}
    )
    papers = answer["Location"]
    assert "缺材料" in client.get(papers).content.decode()
    paper = Adaptation.objects.get().papers.get()
    file = SimpleUploadedFile("证.pdf", PDF, "application/pdf")
    answer = client.post(papers, {f"paper_{paper.pk}": file})
    assert answer["Location"] == papers  # kept, and their will is missing
    answer = client.post(papers, {"wants": "on"})
    made = Adaptation.objects.get()
    assert made.state == State.SUBMITTED and made.difficulties == ["no_rail", "dark"] and made.works_begun is False
    assert answer["Location"] == reverse("my_adaptation", args=[made.case.number])
    assert client.get(answer["Location"]).status_code == 200
    again = client.post("/care/apply/", {"resident": cast.elder.pk}).content.decode()
    assert "已经有一件改造在办" in again and f'href="{answer["Location"]}"' in again  # and leads there
    assert Message.objects.filter(kind="adapt_registered").exists()


def test_out_of_a_request_nothing_is_typed_twice(cast: Cast, signed_in: SignedIn) -> None:
    make_programme(cast)
    asked = register_request(
        community=cast.home, category=make_category(), words="老伴摔过一跤，想装扶手。", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    client = signed_in(cast.reception)
    number = asked.case.number
    assert f"/eldercare/apply/{number}/" in client.get(f"/requests/{number}/").content.decode()
    url = f"/eldercare/apply/{number}/"
    assert "老伴摔过一跤" in client.get(url).content.decode()
    answer = client.post(url, {"programme": Programme.objects.get().pk, "tenure": "own", "wants": "on"})
    assert answer["Location"] == of(number)
    made = Adaptation.objects.get()
    assert made.case == asked.case and made.case.words == "老伴摔过一跤，想装扶手。"
    assert made.consent_at is not None
    page = client.get(of(number)).content.decode()
    assert "还差" in page and "没写家里哪里不方便" in page
    assert client.get(url)["Location"] == of(number)  # under way: it leads there


def test_a_paper_is_seen_at_the_desk_and_the_home_put_right(cast: Cast, signed_in: SignedIn) -> None:
    make_programme(cast, papers=["身份证复印件"])
    made = make_adaptation(cast)
    made.papers.create(code="paper-1", name="身份证复印件")
    client, number = signed_in(cast.reception), made.case.number
    paper = made.papers.get()
    assert client.post(of(number, f"papers/{paper.pk}/"), {}).status_code == 422
    assert client.post(of(number, f"papers/{paper.pk}/"), {"was_seen": "1"}).status_code == 303
    assert made.papers.get().seen_by == cast.reception
    assert client.post(of(number, "consent/")).status_code == 303
    told = {
        "needs": "洗澡站不住",
        "tenure": "public",
        "is_unsafe": "no",
        "is_possible": "yes",
        "seen": fresh(made).version,
    }
    assert client.post(of(number, "home/"), told).status_code == 303
    assert client.post(of(number, "home/"), told).status_code == 409  # an older page
    assert fresh(made).tenure == "public" and fresh(made).is_possible is True


def test_every_rule_is_explained_and_the_look_is_kept(cast: Cast, signed_in: SignedIn) -> None:
    make_eligible(cast)
    made = reviewed(cast)
    page = signed_in(cast.street_officer).get(of(made.case.number)).content.decode()
    for words in ("困难情况", "低保", "年满 80 岁", "两年内不拆迁", "还没有开工"):
        assert words in page
    assert ViewLog.objects.filter(what="hardship", viewer=cast.street_officer).count() == 1
    page = signed_in(cast.reception).get(of(made.case.number)).content.decode()
    assert "年满 80 岁" not in page
    firm, builder = make_builder()
    del firm
    assert signed_in(builder).get(of(made.case.number)).status_code == 404


def test_a_builder_reads_address_and_lines_and_nothing_of_hardship(cast: Cast, signed_in: SignedIn) -> None:
    firm, builder = make_builder()
    made = ordered(cast, make_carer(cast), firm, needs="夜里摔过")
    page = signed_in(builder).get(of(made.case.number), follow=True).content.decode()
    assert "安装扶手" in page and "夜里摔过" not in page and "每户上限" not in page


def test_the_notice_covers_names_and_takes_an_objection_from_anybody(
    cast: Cast, client: Client, signed_in: SignedIn
) -> None:
    today = clock.today()
    made = make_adaptation(
        cast, State.NOTICE, eligible_at=MONDAY, notice_from=today, notice_until=today + dt.timedelta(days=7)
    )
    page = client.get(f"/notice/{made.pk}/").content.decode()
    assert "陈*" in page and "陈平" not in page and "503" not in page and "LT-26" not in page
    assert client.post(f"/notice/{made.pk}/", {"words": ""}).status_code == 422
    assert client.post(f"/notice/{made.pk}/", {"words": "他家有两套房"}).status_code == 303
    street = signed_in(cast.street_officer)
    url = of(made.case.number, f"objections/{made.objections.get().pk}/")
    assert street.post(url, {"answer": ""}).status_code == 422
    assert street.post(url, {"answer": "查过了"}).status_code == 303
    paper = {"objection-words": "纸上写的", "objection-who": "邻居"}
    signed_in(cast.reception).post(of(made.case.number, "objections/"), paper)
    assert client.get(f"/notice/{made.pk + 1}/").status_code == 404


def test_the_plan_is_made_line_by_line_with_its_sums(cast: Cast, signed_in: SignedIn) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    client, url = signed_in(carer), of(made.case.number, "plan/")
    item = made.catalogue.items.get(code="rail")
    line = {
        "reason": "why",
        "why": "站起来要扶",
        "item": item.pk,
        "quantity": "2",
        "price": "400",
        "ownership": "given",
    }
    assert client.post(url, line | {"why": ""}).status_code == 422
    assert client.post(url, line).status_code == 303
    page = client.get(url).content.decode()
    assert ">800</dd>" in page and '"政府出">700</td>' in page and '"家里出">100</td>' in page
    assert client.post(f"{url}1/", line | {"quantity": "1"}).status_code == 303
    assert made.plan.total == 400
    assert client.get(f"{url}9/").status_code == 404
    assert client.post(f"{url}1/drop/").status_code == 303
    assert not made.plan.lines.exists()
    assert signed_in(cast.reception).get(url).status_code == 403


def test_the_elder_signs_on_their_own_page(cast: Cast, signed_in: SignedIn) -> None:
    carer = make_carer(cast)
    made = planning(cast)
    add_line(made, "bed", by=carer, price="2500", why="起不了身")
    signed_in(carer).post(of(made.case.number, "propose/"), {"seen": fresh(made).version})
    url = f"/my/eldercare/{made.case.number}/plan/"
    client = signed_in(cast.elder_account)
    page = client.get(url).content.decode()
    assert "我知道自家要出 2,500 元" in page and "2500" not in page
    shown = fresh(made).plan.content_sha256
    assert client.post(url, {"shown": shown, "signature": drawn()}).status_code == 422
    assert client.post(url, {"shown": shown, "pays": "on"}).status_code == 422
    assert client.post(url, {"shown": shown, "pays": "on", "signature": drawn()}).status_code == 303
    assert fresh(made).signed_plan is not None
    assert signed_in(cast.stranger_account).get(url).status_code == 404


def test_the_link_in_the_message_signs_without_an_account(cast: Cast, client: Client) -> None:
    made = proposed(cast, make_carer(cast))
    message = Message.objects.get(kind="adapt_sign_please", channel="sms")
    url = message.context["url"].replace("http://localhost:8000", "")
    page = client.get(url).content.decode()
    assert "安装扶手" in page and "签名同意" in page
    shown = fresh(made).plan.content_sha256
    assert client.post(url, {"shown": "0" * 64, "signature": drawn(), "second": "2046"}).status_code == 422
    assert client.post(url, {"shown": shown, "signature": drawn(), "second": "9999"}).status_code == 422
    assert client.post(url, {"shown": shown, "signature": drawn(), "second": "2046"}).status_code == 303
    assert fresh(made).signed_plan is not None
    assert "签好了" in client.get(url).content.decode()


def test_staff_write_down_what_was_signed_on_paper(cast: Cast, signed_in: SignedIn) -> None:
    made = proposed(cast, make_carer(cast))
    client, url = signed_in(cast.officer), of(made.case.number, "sign/")
    shown = fresh(made).plan.content_sha256
    typed = {"shown": shown, "relation": "self", "name": "陈平", "means": "finger"}
    assert client.post(url, typed).status_code == 422
    assert client.post(url, typed | {"signature": drawn()}).status_code == 303
    assert fresh(made).signed_plan is not None
    assert client.get(url).status_code == 409


def test_programmes_and_lists_are_the_streets(cast: Cast, signed_in: SignedIn) -> None:
    national = load_national(at=clock.now())
    assert load_national(at=clock.now()) == national
    assert (national.items.count(), national.items.filter(is_basic=True).count()) == (30, 7)
    client = signed_in(cast.street_officer)
    typed = {
        "name": "2026 年改造", "year": 2026, "family": "home-adaptation", "catalogue": national.pk, "budget": "100000",
        "cap": "3000", "target_households": 30, "opens_on": "2026-01-01", "closes_on": "2026-12-31", "funded_codes": "bed_nursing",
        "papers": "身份证复印件",
    }  # fmt: skip
    url = "/settings/adaptations/programmes/new/"
    assert client.post(url, typed | {"funded_codes": "no_such"}).status_code == 422
    assert client.post(url, typed | {"closes_on": "2025-12-31"}).status_code == 422
    assert client.post(url, typed).status_code == 303
    made = Programme.objects.get()
    assert made.funded_codes == ["bed_nursing"] and made.papers == ["身份证复印件"]
    Programme.objects.update(committed=50_000)
    typed |= {"closes_on": f"{clock.today().year + 1}-12-31"}
    edit = f"/settings/adaptations/programmes/{made.pk}/"
    assert client.post(edit, typed | {"budget": "40000", "seen": 1}).status_code == 422
    assert client.post(edit, typed | {"budget": "60000", "seen": 1}).status_code == 303
    assert client.post(edit, typed | {"seen": 1}).status_code == 409
    page = client.get("/settings/adaptations/").content.decode()
    assert "2026 年改造" in page and "60,000" in page and "60,000.00" not in page
    assert f"{clock.today().year + 1}年12月31日" in page


def sheet(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile("list.xlsx", out.getvalue())


def test_a_local_list_is_shown_before_it_is_published(cast: Cast, signed_in: SignedIn) -> None:
    load_national(at=clock.now())
    client, url = signed_in(cast.street_officer), "/settings/adaptations/lists/import/"
    head = ("code", "category", "name", "is_basic", "price", "price_cap")
    told = {"name": "竹行清单", "valid_from": "2026-12-01", "source": "街道通知"}
    bad = sheet(head, ("bath_rail", "如厕", "扶手", "是", "abc", ""), ("", "如厕", "扶手", "", "", ""))
    page = client.post(url, told | {"file": bad}).content.decode()
    assert "第 2 行" in page and "第 3 行" in page and "approved" not in page
    good = sheet(
        head,
        ("bath_rail", "如厕洗浴设备改造", "安装扶手", "是", 240, 300),
        ("grab_pole", "卧室改造", "立柱扶手", "", 500, ""),
    )
    page = client.post(url, told | {"file": good}).content.decode()
    assert "立柱扶手" in page
    approved = page.split('name="approved" value="')[1].split('"')[0]
    assert CatalogueList.objects.filter(street=cast.street).count() == 0
    assert client.post(url, {"approved": approved}).status_code == 303
    made = CatalogueList.objects.get(street=cast.street)
    assert made.items.get(code="bath_rail").price_cap == 300
    assert client.post(url, {"approved": approved}).status_code == 409  # published meanwhile
    book = client.get(f"/settings/adaptations/lists/{made.pk}/?as=xlsx")
    assert book.status_code == 200 and book.content[:2] == b"PK"


def test_the_api_opens_one_and_says_what_is_missing(cast: Cast, signed_in: SignedIn) -> None:
    make_programme(cast, papers=["身份证复印件"])
    client = signed_in(cast.reception)
    told = {name: value for name, value in TOLD.items()} | {"resident": cast.elder.pk, "wants": True}
    answer = client.post("/api/v1/adaptations/", told, content_type="application/json")
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert [part["sentence"] for part in body["missing"]] == ["缺材料：身份证复印件"]
    number = body["reference"]
    answer = client.post(f"/api/v1/adaptations/{number}/submit/", {}, content_type="application/json")
    assert answer.status_code == 422
    assert [part["sentence"] for part in answer.json()["missing"]] == ["缺材料：身份证复印件"]
    Adaptation.objects.get().papers.update(seen_by=cast.reception)
    answer = client.post(f"/api/v1/adaptations/{number}/submit/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (200, "submitted")
    answer = client.post("/api/v1/adaptations/", told, content_type="application/json")
    assert answer.status_code == 409
    assert len(client.get("/api/v1/adaptations/").json()["results"]) == 1
    assert signed_in(cast.stranger).get(f"/api/v1/adaptations/{number}/").status_code == 404


def test_the_list_is_narrowed_by_programme_builder_and_orders_nobody_saw(cast: Cast, signed_in: SignedIn) -> None:
    firm, _builder = make_builder()
    made = ordered(cast, make_carer(cast), firm)
    client = signed_in(cast.manager)
    number = made.case.number
    for query, shown in (
        (f"programme={made.programme_id}", True), (f"contractor={firm.pk}", True), ("unseen=1", True),
        (f"contractor={firm.pk + 1}", False),
    ):  # fmt: skip
        assert (number in client.get(f"/eldercare/adaptations/?{query}").content.decode()) is shown, query
