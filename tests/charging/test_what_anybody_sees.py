"""What is open to all: whose house a page is of, which law stands behind a no, the pipe on the plan, where nothing stands yet."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from charging.actions import sites
from charging.actions.faults import report_fault
from charging.models import Port, Round, Site
from charging.queries.drawing import WIDE, drawing_of
from charging.queries.public import clauses_behind
from community_portal.deliberations.actions.ballots import make_link
from community_portal.people.shell import COMMUNITY_COOKIE
from tests.charging.boxes import make_operator_member, make_ports
from tests.charging.places import Place, ask, bring_to, last_nine, lie_at, make_site
from tests.deliberations.votes import make_vote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def visitor(place: Place, signed_in: Any) -> Any:
    """Somebody whose browser is at home in another house."""
    place.cast.home.phone = "0513-11111111"
    place.cast.home.save()
    place.cast.next_door.phone = "0513-22222222"
    place.cast.next_door.save()
    client = signed_in(None)
    client.cookies[COMMUNITY_COOKIE] = place.cast.next_door.code
    assert "0513-22222222" in client.get("/charging/").content.decode()
    return client


def rejected(place: Place, code: str = "gas_pipe") -> Site:
    site = make_site(place, at=last_nine())
    lie_at(site, "120.942900", "31.952400")
    sites.reject(site, code=code, plain="这里下面有燃气管道，不能装", by=place.charger, at=last_nine())
    return site


def shows_home(page: str, place: Place) -> bool:
    head = page[page.index("<header") : page.index("</header>")]
    foot = page[page.index("<footer") :]
    return place.cast.home.name in head and "0513-11111111" in foot and "0513-22222222" not in page


def test_each_open_page_stands_in_the_house_that_it_is_about(place: Place, visitor: Any) -> None:
    site = rejected(place)
    checking = bring_to("checking", place, make_site(place, name="东门", at=last_nine()), at=last_nine())
    link = ask(checking, place, "gas", at=last_nine())
    vote = make_vote(place.cast, opens_at=last_nine(), closes_at=last_nine() + dt.timedelta(days=3), at=last_nine())
    token = make_link(vote.roll.first(), by=place.cast.manager, at=last_nine())
    ballot = getattr(token, "token", token)
    code = place.cast.home.code
    addresses = [f"/charging/sites/{site.case.number}/", "/a/" + link.split("/a/")[1], f"/v/{ballot}/"]
    addresses += [f"/report/wire/?at={code}", f"/charging/sites/?at={code}"]
    for address in addresses:
        answered = visitor.get(address)
        assert answered.status_code == 200, address
        assert shows_home(answered.content.decode(), place), address


def test_a_law_in_force_is_never_called_a_draft(place: Place, signed_in: Any) -> None:
    site = rejected(place)
    gas = clauses_behind(site)
    assert gas and all("燃气管理条例" in one.source and not one.is_draft for one in gas)
    page = signed_in(None).get(f"/charging/sites/{site.case.number}/").content.decode()
    assert "还没施行" not in page
    near = rejected(place, "fire_distance")
    assert any(one.is_draft for one in clauses_behind(near))


def test_the_pipe_is_drawn_below_the_place_given_up_and_past_the_new_one(place: Place, signed_in: Any) -> None:
    west = rejected(place)
    between = sites.re_site(west, name="一、二单元之间", by=place.charger, at=last_nine())
    lie_at(between, "120.943112", "31.952400")
    drawing: Any = drawing_of(Site.objects.get(pk=west.pk))
    [pipe] = drawing.pipes
    (x, _top), (u, _end) = (tuple(map(float, end.split())) for end in pipe.path[1:].split("L"))
    given_up, new = (shape for shape in drawing.shapes if shape.is_place)
    assert x == pytest.approx(given_up.x, abs=0.5) and u == pytest.approx(given_up.x, abs=0.5)
    assert new.x - given_up.x > pipe.band  # the new place does not lie over it
    assert pipe.label == "燃气管"
    page = signed_in(None).get(f"/charging/sites/{west.case.number}/").content.decode()
    assert 'class="drawn-pipe"' in page and "管线照答复画个大概" in page


def test_without_a_pipe_none_is_drawn(place: Place) -> None:
    drawing: Any = drawing_of(rejected(place, "objection"))
    assert drawing.pipes == []


def test_a_single_place_has_its_pipe_along_its_longest_side(place: Place) -> None:
    site = rejected(place)
    ring = [[120.9429, 31.9524], [120.9431, 31.9524], [120.9431, 31.95243], [120.9429, 31.95243]]
    Site.objects.filter(pk=site.pk).update(outline={"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
    drawing: Any = drawing_of(Site.objects.get(pk=site.pk))
    ends = [tuple(map(float, end.split())) for end in drawing.pipes[0].path[1:].split("L")]
    assert abs(ends[0][1] - ends[1][1]) < 1 < abs(ends[0][0] - ends[1][0])


def test_the_word_of_a_pipe_stays_on_the_sheet(place: Place) -> None:
    """Also of one that runs across, at the edge of the plan."""
    site = rejected(place)
    house = place.cast.building
    lie_at(house, "120.942600", "31.952400")
    [pipe] = drawing_of(Site.objects.get(pk=site.pk)).pipes  # type: ignore[union-attr]
    assert 0 <= pipe.x <= WIDE - 60 and pipe.y > 20


def test_where_nothing_stands_the_page_leads_on(place: Place, signed_in: Any) -> None:
    page = signed_in(None).get("/charging/").content.decode()
    assert "这里还没有充电点" in page and 'href="/communities/"' in page and "/report/wire/" in page
    assert 'class="key"' not in page
    make_ports(place.cast.home)
    page = signed_in(None).get("/charging/").content.decode()
    assert 'class="key"' in page and "/report/wire/" in page and "/charging/sites/" in page


def test_the_number_to_call_first_is_one_tap(place: Place, signed_in: Any) -> None:
    page = signed_in(None).get(f"/report/wire/?at={place.cast.home.code}").content.decode()
    assert 'href="tel:119"' in page
    assert page.count("拍张照片") == 1 and page.count("危不危险") == 1


def test_a_round_says_its_money_and_what_is_planned(place: Place, signed_in: Any) -> None:
    site = bring_to("consulting", place, at=last_nine())
    Round.objects.update(budget=Decimal(240000))
    page = signed_in(place.charger).get(f"/charging/rounds/{site.round_id}/").content.decode()
    assert "预算 240,000 元" in page and "打算 10" in page and "0.00" not in page


def test_the_notice_can_be_printed_with_where_to_object(place: Place, signed_in: Any) -> None:
    site = bring_to("noticing", place, at=last_nine())
    address = f"/charging/sites/{site.case.number}/"
    page = signed_in(None).get(address).content.decode()
    assert "data-print" in page and "有意见的，公示期内告诉" in page
    desk = signed_in(place.charger).get(f"/charging/places/{site.case.number}/").content.decode()
    assert "打印公示" in desk and f'href="{address}"' in desk


def test_the_operator_reads_in_which_estate_a_socket_is(place: Place, signed_in: Any) -> None:
    operator, ports = make_ports(place.cast.home)
    repairer = make_operator_member(operator)
    port = Port.objects.select_related("point__site__estate", "point__operator", "community__street").get(
        pk=ports[0].pk
    )
    report_fault(port, reason="hot", at=last_nine())
    page = signed_in(repairer).get("/charging/operator/").content.decode()
    assert port.point.site.full_name in page


def test_a_target_too_large_is_not_called_too_small(place: Place, signed_in: Any) -> None:
    typed = {"number": 9, "target_ports": 9_999_999, "opens_on": "2026-11-30"}
    page = signed_in(place.charger).post("/charging/rounds/new/", typed).content.decode()
    assert "目标最多" in page and "目标至少" not in page


def test_lines_of_templates_can_be_read() -> None:
    folders = [Path("templates/charging"), Path("templates/deliberations")]
    files = [file for folder in folders for file in folder.rglob("*.html")]
    long = [
        (file.name, n) for file in files for n, line in enumerate(file.read_text().splitlines(), 1) if len(line) > 200
    ]
    assert long == []
