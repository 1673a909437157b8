"""Pages of wires, places and rounds, as people press them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from charging.actions import deciding, sites
from charging.models import EstateFacts, Round, Site, UtilityAnswer, WireReport
from charging.workflow.sites import State
from charging.workflow.wires import Wire
from community_portal import clock
from community_portal.outbox.models import Message
from tests.charging.places import Place, answer, ask, bring_to, last_nine, make_site, report, running_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
SignedIn = Callable[[Any], Client]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def pdf(name: str = "答复.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + name.encode(), "application/pdf")


def at(site: Site, page: str = "") -> str:
    return f"/charging/places/{site.case.number}/{page}"


def body(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_whoever_passes_reports_without_a_name_and_looks_it_up_by_six_digits(place: Place, signed_in: SignedIn) -> None:
    nobody, where = signed_in(None), f"/report/wire/?at={place.cast.home.code}"
    page = body(nobody.get(where))
    assert "119" in page and "从几楼拉下来" in page
    typed = {"estate": place.estate.pk, "building": place.cast.building.pk, "unit": "1", "floor": 4}
    typed |= {"dangers": ["walkway"], "who": "anonymous"}
    answered = nobody.post(where, typed)
    assert answered.status_code == 303, body(answered)
    wire = WireReport.objects.get()
    assert wire.is_anonymous and wire.is_urgent and re.fullmatch(r"\d{6}", wire.case.phone_tail)
    received = body(nobody.get(answered["Location"]))
    assert wire.case.number in received and wire.case.phone_tail in received
    found = body(nobody.post("/look-up/", {"number": wire.case.number, "tail": wire.case.phone_tail}))
    assert "已收到，会有人去看" in found
    assert "没有对上" in body(nobody.post("/look-up/", {"number": wire.case.number, "tail": "000000"}))


def test_the_reporter_reads_on_their_page_why_not_there(place: Place, signed_in: SignedIn) -> None:
    wire = report(place, by=place.cast.elder_account, asker=place.cast.elder)
    west = make_site(place, at=clock.now())
    plain = "这里下面有燃气管道，不能装"
    sites.reject(west, code="gas_pipe", plain=plain, by=place.charger, at=clock.now())
    mine = body(signed_in(place.cast.elder_account).get(f"/my/charging/wires/{wire.case.number}/"))
    assert plain in mine and "西墙边" in mine
    public = body(signed_in(None).get(f"/charging/sites/{west.case.number}/"))
    assert "这里为什么不能装？" in public and plain in public and "第三十三条" in public
    assert "还没施行" not in public  # the ordinance about gas is law


def test_nothing_personal_stands_on_public_pages(place: Place, signed_in: SignedIn) -> None:
    site = bring_to(State.NOTICING, place, at=last_nine())
    deciding.object_to(site, words="半夜有风扇声", name="王阿姨", at=clock.now())
    for page in (f"/charging/sites/{site.case.number}/", "/charging/sites/"):
        told = body(signed_in(None).get(page))
        assert not re.search("王阿姨|孙工|蔡伟民", told)


def test_a_utility_answers_by_its_link_once_with_a_paper(place: Place, signed_in: SignedIn) -> None:
    site = bring_to(State.CHECKING, place, at=last_nine())
    url = ask(site, place, "gas", at=clock.now())
    assert Message.objects.get(kind="utility_asked").context["url"] == url
    link, nobody = "/a/" + url.split("/a/")[1], signed_in(None)
    page = body(nobody.get(link))
    assert "这里能不能装充电口" in page and "西墙边" in page
    told = {"answer": "blocked", "name": "孙工", "second": "7731", "words": "压在管上"}
    without = nobody.post(link, told)
    assert without.status_code == 422 and "口头的不算" in body(without)
    assert nobody.post(link, told | {"document": pdf()}).status_code == 303
    said = UtilityAnswer.objects.get(utility="gas")
    assert (said.answer, said.name, said.document.original_name) == ("blocked", "孙工", "答复.pdf")
    assert "谢谢" in body(nobody.get(link))
    assert nobody.post(link, told | {"document": pdf()}).status_code == 409


def test_a_place_goes_its_way_by_the_buttons_of_its_page(place: Place, signed_in: SignedIn) -> None:
    charger, street = signed_in(place.charger), signed_in(place.cast.street_officer)
    running_round(place)
    made = charger.post(
        "/charging/places/new/",
        {"estate": place.estate.pk, "name": "一、二单元之间", "kind": "open", "planned_ports": 10, "area": "24"},
    )
    site = Site.objects.get()
    assert made["Location"] == at(site)
    survey = {"seen": 1, "kind": "open", "area": "24", "planned_ports": 10, "groups": 1}
    assert charger.post(at(site, "survey/"), survey).status_code == 303
    page = body(charger.get(at(site)))
    assert "还没量：不压在燃气管上" in page and "还没量：离单元出口" in page
    measured = {
        "fire_lane_free": "yes", "exits_free": "yes", "over_gas_pipe": "no", "dangerous_m": "410", "exit_m": "8.9",
        "wall_m": "3.4", "beside_crowded_place": "no", "aisle_m": "1.65", "how": "laser", "measured_by": "蔡伟民",
    }  # fmt: skip
    assert charger.post(at(site, "measure/"), measured).status_code == 303
    assert "8.90 米" in body(charger.get(at(site)))
    assert charger.post(at(site, "ask_utilities/"), {"seen": 2}).status_code == 303
    for utility in ("gas", "power", "water", "telecom", "heat"):
        asked = {"who": "孙工", "phone": "13800007731", "is_required": "on"}
        assert charger.post(at(site, f"utilities/{utility}/ask/"), asked).status_code == 303
        told = {"answer": "ok", "name": "孙工", "document": pdf(f"{utility}.pdf")}
        assert charger.post(at(site, f"utilities/{utility}/answer/"), told).status_code == 303
    page = body(charger.get(at(site)))
    assert "还差" not in page
    assert charger.post(at(site, "ready/"), {"seen": 3}).status_code == 303
    assert "规定对照" in body(street.get(at(site)))


def test_no_button_to_approve_what_gas_has_blocked(place: Place, signed_in: SignedIn) -> None:
    site = bring_to(State.NOTICING, place, at=last_nine())
    answer(site, place, "gas", "blocked", at=clock.now())
    street = signed_in(place.cast.street_officer)
    page = body(street.get(at(site)))
    assert f'href="{at(site, "approve/")}"' not in page and "燃气答复不可以" in page
    assert street.post(at(site, "approve/"), {"seen": site.version, "ports": 10}).status_code == 422
    refused = street.post(f"/api/v1/sites/{site.case.number}/approve/", {"ports": 10}, content_type="application/json")
    assert refused.status_code == 422 and "parts_missing" in body(refused)
    site.refresh_from_db()
    assert site.state == State.NOTICING


def test_the_desk_ranks_estates_with_each_term(place: Place, signed_in: SignedIn) -> None:
    charger = signed_in(place.charger)
    page = body(charger.get("/charging/desk/"))
    assert "没清点过" in page
    counted = {"ebikes": 620, "how": "parked", "counted_on": clock.today().isoformat(), "counted_by": "蔡伟民"}
    counted |= {"homes_without_garage": 372}
    assert charger.post(f"/charging/estates/{place.estate.pk}/count/", counted).status_code == 303
    assert EstateFacts.objects.get().ebikes_change == 620
    page = body(charger.get("/charging/desk/"))
    assert "74.4" in page and "372 ÷ 50" in page and "81.8" in page


def test_rounds_are_planned_started_and_closed(place: Place, signed_in: SignedIn) -> None:
    charger = signed_in(place.charger)
    typed = {"number": 3, "target_ports": 70, "budget": "240000", "opens_on": clock.today().isoformat()}
    assert charger.post("/charging/rounds/new/", typed | {"target_ports": 0}).status_code == 422
    assert charger.post("/charging/rounds/new/", typed).status_code == 303
    found = Round.objects.get()
    assert charger.post(f"/charging/rounds/{found.pk}/start/").status_code == 303
    page = body(charger.get(f"/charging/rounds/{found.pk}/"))
    assert "0 / 70" in page and "这一批还没有位置" in page
    assert charger.post(f"/charging/rounds/{found.pk}/close/").status_code == 303
    assert charger.get("/charging/rounds/").status_code == 200


@pytest.mark.parametrize("state", [state for state in State if state not in (State.SUSPENDED, State.REMOVED)])
def test_every_state_of_a_place_has_its_page(place: Place, signed_in: SignedIn, state: str) -> None:
    if state == State.REJECTED:
        site = make_site(place)
        sites.reject(site, code="power", plain="这里电不够，不能装", by=place.charger, at=clock.now())
    else:
        site = bring_to(state, place, at=last_nine())
    for user in (place.charger, place.cast.street_officer, place.cast.manager):
        assert signed_in(user).get(at(site)).status_code == 200
    assert signed_in(place.charger).get(at(site, "measured/")).status_code == 200
    found = signed_in(None).get(f"/charging/sites/{site.case.number}/").status_code
    assert found == (404 if state == State.CANDIDATE else 200)
    assert signed_in(place.cast.stranger).get(at(site)).status_code in (403, 404)
    built = state in (State.BUILDING, State.ACCEPTING, State.IN_SERVICE)
    assert signed_in(place.builder).get(at(site)).status_code == (200 if built else 404)


def test_a_wire_at_the_desk(place: Place, signed_in: SignedIn) -> None:
    desk = signed_in(place.cast.reception)
    typed = {"estate": place.estate.pk, "place": "门卫旁边", "source": "phone"}
    assert desk.post(f"/report/wire/?at={place.cast.home.code}", typed).status_code == 303
    wire = WireReport.objects.get()
    assert wire.case.source == "phone" and not wire.is_anonymous
    charger = signed_in(place.charger)
    assert wire.case.number in body(charger.get("/charging/wires/"))
    url = f"/charging/wires/{wire.case.number}/"
    assert charger.post(url + "check/", {"seen": 1, "cause": "no_garage", "words": "四楼拉的"}).status_code == 303
    assert charger.post(url + "talk/", {"seen": 2, "words": "说没地方充"}).status_code == 303
    assert charger.post(url + "close/", {"seen": 3, "outcome": "elsewhere", "words": "去充了"}).status_code == 303
    wire.refresh_from_db()
    assert wire.state == Wire.CLOSED
    assert "没有车库" in body(charger.get(url))
