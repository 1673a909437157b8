"""Pages of retrofits and of the property company, the API, figures, file and brief."""

import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from rest_framework.test import APIClient

from community_portal import clock
from community_portal.dashboards.fold import all_differences, fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of
from community_portal.measure import FIGURES
from community_portal.measure.boards import BOARDS
from safety.models import Retrofit
from tests.cast import Cast
from tests.safety.retrofitting import (
    DAY,
    Site,
    make_agreed,
    make_asked,
    make_done,
    make_retrofit,
    make_running,
    make_site,
    make_started,
    passes,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(cast: Cast) -> Site:
    return make_site(cast)


def address(retrofit: Retrofit, rest: str = "") -> str:
    return f"/safety/retrofits/{retrofit.case.number}/{rest}"


def test_the_page_shows_parties_days_zones_and_both_rates(site: Site, signed_in: Any) -> None:
    retrofit = make_running(site)
    passes(retrofit, site, after=30)
    page = signed_in(site.safety).get(address(retrofit)).content.decode()
    for words in (
        "万科公园里架空层改造", "公园里物业牵头", "75.0 %", "100.0 %", "3 户反映 · 0 户说没有 · 1 户没答复", "2 / 2 区合规",
        "2 方各出了什么力", "合计 6,000 元", "喷淋放水 14 / 14 正常", "消防 2 人", "分区、装隔板", "自然日",
    ):  # fmt: skip
        assert words in page, words
    sheet = signed_in(site.keeper).get(address(retrofit, "sheet/")).content.decode()
    assert "data-print" in sheet and "2 方各出了什么力" in sheet


def test_the_company_goes_the_whole_way_on_its_pages(site: Site, signed_in: Any) -> None:
    client = signed_in(site.keeper)
    sent = {"estate": site.estate.pk, "place": "架空层", "words": "堆物乱停", "once": "n1"}
    assert client.post("/safety/retrofits/new/", sent).status_code == 303
    retrofit = Retrofit.objects.select_related("case").get()
    page = client.get(address(retrofit)).content.decode()
    assert "做一份问卷" in page and "还差 1 项" in page
    own = client.get("/property/").content.decode()
    assert retrofit.case.title in own and "万科公园里" in own and "提一个改造" in own


def test_a_zone_against_the_rules_is_said_beside_its_field(site: Site, signed_in: Any) -> None:
    retrofit = make_agreed(site)
    sent = {"number": 1, "bikes": 45, "divided_by": "screen", "metres": "1.8", "has_sprinkler": "on", "once": "z1"}
    answer = signed_in(site.keeper).post(address(retrofit, "add/zone/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "5.1.6" in page and "20" in page and 'value="45"' in page
    good = signed_in(site.keeper).post(address(retrofit, "add/zone/"), sent | {"bikes": 20, "once": "z2"})
    assert good.status_code == 303 and retrofit.zones.get().bikes == 20
    zone = retrofit.zones.get()
    dropped = signed_in(site.keeper).post(address(retrofit, f"zone/{zone.pk}/drop/"), {"once": "z3"})
    assert dropped.status_code == 303 and not retrofit.zones.exists()
    assert signed_in(site.keeper).post(address(retrofit, "add/roof/"), {"once": "z4"}).status_code == 404


def test_measures_are_ticked_off_on_the_page(site: Site, signed_in: Any) -> None:
    retrofit = make_started(site)
    row = retrofit.measures.get()
    client = signed_in(site.keeper)
    assert client.post(address(retrofit, f"measure/{row.pk}/done/"), {"once": "m1"}).status_code == 303
    row.refresh_from_db()
    assert row.done_on == clock.today()
    assert client.post(address(retrofit, f"measure/{row.pk}/done/"), {"once": "m2"}).status_code == 409
    officer = signed_in(site.cast.officer)
    assert officer.post(address(retrofit, "add/measure/"), {"once": "m3"}).status_code == 403


def test_the_steps_by_the_api(site: Site) -> None:
    retrofit, api = make_done(site), APIClient()
    api.force_authenticate(site.safety)
    where = f"/api/v1/retrofits/{retrofit.case.number}/"
    told = api.get(where).json()
    assert told["steps"] and told["estate"] == "万科公园里" and len(told["zones"]) == 2
    day = clock.local(clock.now()).date()
    answer = api.post(f"{where}accept/", {"accepted_on": f"{day}", "seen": told["version"]}, format="json")
    assert answer.status_code == 200, answer.content
    assert api.get(where).json()["checks"][0]["after_days"] == 30
    api.force_authenticate(site.keeper)
    sent = {"estate": site.estate.pk, "place": "车棚", "words": "顶棚是泡沫板"}
    assert api.post("/api/v1/retrofits/", sent, format="json").status_code == 201
    assert api.get("/api/v1/retrofits/").json()["count"] == 2
    refused = api.post("/api/v1/retrofits/", sent | {"words": ""}, format="json")
    assert refused.status_code == 422


def test_file_minutes_in_word_and_brief(site: Site, signed_in: Any) -> None:
    retrofit = make_running(site)
    client = signed_in(site.safety)
    number = retrofit.case.number
    page = client.get(f"/dossier/retrofit/{number}/").content.decode()
    assert "联席会" in page and "消防" in page
    brief = client.get(f"/dossier/retrofit/{number}/brief/").content.decode()
    assert "75.0" in brief and "开工到验收" in brief
    word = client.get(f"/dossier/retrofit/{number}/?as=word")
    text = "\n".join(
        [one.text for one in Document(io.BytesIO(word.content)).paragraphs]
        + [cell.text for table in Document(io.BytesIO(word.content)).tables for row in table.rows for cell in row.cells]
    )
    assert "会议纪要" in text and "分区、装隔板" in text


def test_the_figures_are_those_of_the_rows(site: Site) -> None:
    first = make_running(site)
    make_asked(site, base=6, yes=3, no=1)
    assert first.days == 9

    def value(name: str) -> Any:
        fold_figures()
        reading = reading_of([site.cast.home.pk], Period(BEGINNING, clock.today() + 400 * DAY, ""))
        return FIGURES[name].value(reading)

    assert (value("retrofits_done"), value("retrofit_days_median"), value("retrofits_opened")) == (1, 9, 2)
    assert (value("survey_report_rate"), value("survey_answer_report_rate")) == (60.0, 85.7)
    assert all_differences() == []
    names = {"retrofits_done", "retrofit_days_median", "survey_report_rate", "survey_answer_report_rate"}
    assert names <= BOARDS["retrofits"].names


def test_pages_ask_as_much_with_thirty_as_with_one(site: Site, signed_in: Any) -> None:
    make_running(site)
    company, officer = signed_in(site.keeper), signed_in(site.safety)

    def asked(client: Any, where: str) -> int:
        client.get(where)
        with CaptureQueriesContext(connection) as found:
            assert client.get(where).status_code == 200
        return len(found)

    few = asked(company, "/property/"), asked(officer, "/safety/retrofits/")
    for _n in range(30):
        make_retrofit(site)
    assert (asked(company, "/property/"), asked(officer, "/safety/retrofits/")) == few


def test_a_company_is_shown_no_way_to_lists_that_are_not_open_to_it(site: Site, signed_in: Any) -> None:
    retrofit = make_retrofit(site)
    assert 'href="/safety/retrofits/"' not in signed_in(site.keeper).get(address(retrofit)).content.decode()
    assert 'href="/safety/retrofits/"' in signed_in(site.safety).get(address(retrofit)).content.decode()
