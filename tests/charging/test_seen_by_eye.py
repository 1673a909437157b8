"""What somebody who went through the pages stumbled over: said twice, left out, in another house's name, or the wrong thing first."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from charging.actions import sites
from charging.actions.faults import repair, report_fault
from charging.actions.statuses import take_statuses
from charging.models import Site
from charging.queries.free import places
from charging.queries.site_page import rule_lines, utility_cards
from charging.workflow.sites import State
from community_portal import clock
from community_portal.answers.actions import revoke_links
from community_portal.deliberations.actions.meetings import write_minutes
from community_portal.deliberations.topics import topic_of
from community_portal.people.shell import COMMUNITY_COOKIE
from tests.charging.boxes import heard, make_ports
from tests.charging.places import (
    DAY,
    Place,
    answer,
    ask,
    bring_to,
    consult,
    last_nine,
    make_site,
    measure_all,
    report,
)
from tests.deliberations.votes import make_vote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
Page = Callable[..., str]


@pytest.fixture
def see(signed_in: Any) -> Page:
    """The words of a page, as somebody sees it."""

    def words(path: str, user: Any = None) -> str:
        page = signed_in(user).get(path).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page[page.index("<main") : page.index("</main>")]))

    return words


def test_a_link_that_is_over_names_the_house_that_asked(place: Place, signed_in: Any) -> None:
    place.cast.home.phone, place.cast.next_door.phone = "0513-11111111", "0513-22222222"
    for house in (place.cast.home, place.cast.next_door):
        house.save()
    site = bring_to(State.CHECKING, place, at=last_nine())
    first = ask(site, place, "gas", at=last_nine())
    revoke_links(site, at=clock.now())
    visitor = signed_in(None)
    visitor.cookies[COMMUNITY_COOKIE] = place.cast.next_door.code
    gone = visitor.get("/a/" + first.split("/a/")[1])
    assert gone.status_code == 404
    assert "0513-11111111" in gone.content.decode() and "0513-22222222" not in gone.content.decode()
    guessed = visitor.get(f"/a/{'x' * 32}/").content.decode()
    assert "0513-22222222" in guessed
    wire = report(place, by=None, code="482913", at=clock.now())
    found = visitor.post("/look-up/", {"number": wire.case.number, "tail": "482913"}).content.decode()
    assert "已收到，会有人去看" in found and "0513-22222222" not in found


def test_what_stands_in_the_way_is_the_first_row_of_the_rules(place: Place) -> None:
    site = bring_to(State.SURVEYED, place, at=last_nine())
    measure_all(site, place, at=last_nine(), aisle_m=1, exits_free=False)
    lines = rule_lines(Site.objects.get(pk=site.pk))
    assert [line.code for line in lines[:3]] == ["hydrant_and_exits", "gas_agrees", "aisle"]  # what nobody waives first
    assert [line.word for line in lines[:3]] == ["不合格", "没量", "不合格"]
    assert {line.word for line in lines[3:]} == {"合格"}


def test_a_card_leads_to_its_letter_and_a_no_does_not_run_out(place: Place, see: Page) -> None:
    site = bring_to(State.CHECKING, place, at=last_nine())
    answer(site, place, "power", at=last_nine())
    answer(site, place, "gas", "blocked", words="压在中压燃气管上", at=last_nine())
    path = f"/charging/places/{site.case.number}/"
    page = see(path, place.charger)
    assert page.count("答复书") == 2 and page.count("管到") == 1
    sites.reject(site, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=clock.now())
    second = sites.re_site(site, name="东门", by=place.charger, at=clock.now())
    gas = utility_cards(second)[0]
    assert gas.no.words == "压在中压燃气管上"
    assert "上一个位置 压在中压燃气管上" in see(f"/charging/places/{second.case.number}/", place.charger)


def test_the_way_of_a_place_says_why_and_not_that_it_is_said_below(place: Place, see: Page) -> None:
    west = make_site(place, at=last_nine())
    sites.reject(west, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=clock.now())
    second = sites.re_site(west, name="东门", by=place.charger, at=clock.now())
    for one in (west, bring_to(State.SURVEYED, place, second, at=last_nine())):
        page = see(f"/charging/sites/{one.case.number}/")
        assert "下面有燃气管，不能装" in page and "原因见下" not in page


def test_a_place_in_service_leads_to_what_is_free_now(place: Place, signed_in: Any) -> None:
    west = make_site(place, at=last_nine())
    sites.reject(west, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=last_nine())
    second = sites.re_site(west, name="东门", by=place.charger, at=last_nine())
    here = f"/charging/?at={second.community.code}&amp;all=1#site-{second.pk}"
    assert here not in signed_in(None).get(f"/charging/sites/{west.case.number}/").content.decode()
    Site.objects.filter(pk=second.pk).update(state=State.SURVEYED)
    bring_to(State.IN_SERVICE, place, Site.objects.get(pk=second.pk), at=last_nine() - 20 * DAY)
    for one in (west, second):
        assert here in signed_in(None).get(f"/charging/sites/{one.case.number}/").content.decode()


def test_everybody_reads_what_was_published_and_how_many_voted(place: Place, see: Page, signed_in: Any) -> None:
    site = bring_to(State.CONSULTING, place, at=last_nine())
    path = f"/charging/sites/{site.case.number}/"
    assert "大家怎么说" not in see(path)
    meeting = consult(site, place, at=clock.now())
    write_minutes(meeting, words="还在改的话", publish=False, by=place.charger, at=clock.now())
    assert "大家怎么说" not in see(path)
    write_minutes(meeting, words="大家同意在这里装", publish=True, by=place.charger, at=clock.now())
    told = meeting.minutes.first()
    assert f"/minutes/{told.pk}/" in signed_in(None).get(path).content.decode()
    make_vote(place.cast, topic=topic_of(site), opens_at=last_nine(), closes_at=last_nine() + 3 * DAY, at=last_nine())
    page = see(path)
    assert "还差 2 户 / 200.00 ㎡ 才有效" in page and "⅔要 2 户" in page and "截止以后一起公布" in page


def test_a_socket_that_is_said_to_be_hot_is_not_called_free(place: Place, see: Page) -> None:
    _operator, (hot, dead, well, *_rest) = make_ports(place.cast.home)
    for port, reason in ((hot, "hot"), (dead, "no_power"), (well, "")):
        now = clock.now()
        take_statuses([heard(port, "Available", now)], operator=port.point.operator, channel="api", at=now)
        if reason:
            report_fault(port, reason=reason, at=clock.now())
    assert "先别用，有人报过烫手、焦味" in see(f"/c/{hot.code}/") and "空着，可以用" not in see(f"/c/{hot.code}/")
    assert "空着，可是有人报过毛病" in see(f"/c/{dead.code}/") and "空着，可以用" in see(f"/c/{well.code}/")


def test_nobody_is_sent_to_a_socket_that_is_said_to_be_hot(place: Place, see: Page) -> None:
    """Neither by the list nor by the map, though somebody said something else of it before; until it is repaired."""
    _operator, (hot, well, *_rest) = make_ports(place.cast.home, sockets=2)
    for port in (hot, well):
        take_statuses(
            [heard(port, "Available", clock.now())], operator=port.point.operator, channel="api", at=clock.now()
        )
    fault = report_fault(hot, reason="no_power", at=clock.now()).fault
    assert places(communities=None, at=clock.now())[0].free == 2
    report_fault(hot, reason="hot", at=clock.now())
    (found,) = places(communities=None, at=clock.now())
    assert (found.free, found.bad) == (1, 1)
    assert "先别用，有人报过烫手、焦味" in see(f"/c/{hot.code}/")
    repair(fault, words="换了插座芯", by=place.charger, at=clock.now())
    assert places(communities=None, at=clock.now())[0].free == 2


def test_from_a_place_one_comes_to_the_sockets_of_its_house(place: Place, signed_in: Any) -> None:
    """Whoever follows a message or a search engine there has chosen no house."""
    _operator, (port, *_rest) = make_ports(place.cast.next_door)
    site, code = port.point.site, place.cast.next_door.code
    page = signed_in(None).get(f"/charging/sites/{site.case.number}/").content.decode()
    near = f"/charging/?at={code}&amp;all=1#site-{site.pk}"
    assert near in page and f'href="/charging/sites/?at={code}"' in page
    told = signed_in(None).get(near.replace("&amp;", "&")).content.decode()
    assert f'id="site-{site.pk}"' in told and f'href="?at={code}&amp;free=1"' in told
    assert f"/charging/map.json?at={code}&amp;" in told and f"/charging/sites/?at={code}&amp;" in told
    assert "?at=" not in signed_in(None).get("/charging/").content.decode()


def test_when_its_days_are_over_a_notice_asks_for_no_opinions(place: Place, see: Page) -> None:
    site = bring_to(State.NOTICING, place, at=last_nine())
    path = f"/charging/sites/{site.case.number}/"
    assert "正在公示，有意见可以提 " in see(path) and "我有不同意见" in see(path)
    day = clock.today()
    Site.objects.filter(pk=site.pk).update(notice_from=day - 8 * DAY, notice_until=day - DAY)
    page = see(path)
    assert "公示期满，等街道批准" in page and "有意见可以提" not in page and "我有不同意见" not in page


def test_a_price_begins_today_and_a_signature_is_called_so(place: Place, signed_in: Any) -> None:
    _operator, (port, *_rest) = make_ports(place.cast.home)
    page = signed_in(place.charger).get(f"/charging/ports/{port.point.code}/").content.decode()
    assert f'value="{clock.today().isoformat()}"' in page
    site = bring_to(State.ACCEPTING, place, at=last_nine())
    page = signed_in(place.charger).get(f"/charging/places/{site.case.number}/sign/").content.decode()
    assert "签名" in page and "Signature" not in page


def test_lists_and_pages_say_a_place_and_a_person_once(place: Place, see: Page) -> None:
    site = make_site(place, at=last_nine())
    assert see("/charging/places/", place.charger).count(site.full_name) == 1
    assert f"{place.estate} {place.cast.building}" in see("/charging/places/", place.charger)
    wire = report(place, by=place.cast.reception, asker=place.cast.elder, at=last_nine())
    page = see(f"/charging/wires/{wire.case.number}/", place.charger)
    assert "谁来说的" in page and "谁报的" not in page
    nameless = report(place, by=None, unit="7", code="482913", at=last_nine())
    assert "谁报的 没留名字" in see(f"/charging/wires/{nameless.case.number}/", place.charger)
    _operator, (port, *_rest) = make_ports(place.cast.home)
    report_fault(port, reason="no_power", at=clock.now())
    assert port.point.site.full_name in see("/charging/faults/", place.charger)


def test_the_journal_says_what_was_answered_looked_at_and_signed(place: Place, see: Page) -> None:
    site = bring_to(State.CHECKING, place, at=last_nine() - 40 * DAY)
    for utility, said in (("gas", "conditions"), ("power", "blocked"), ("power", "ok")):
        answer(site, place, utility, said, at=last_nine() - 40 * DAY)
    path = f"/charging/places/{site.case.number}/"
    told = see(path, place.charger)
    assert "燃气答复了：有条件" in told and "供电答复了：不可以" in told and "供电答复了：可以" in told
    other = bring_to(
        State.IN_SERVICE, place, make_site(place, name="南门", at=last_nine() - 40 * DAY), at=last_nine() - 40 * DAY
    )
    told = see(f"/charging/places/{other.case.number}/", place.charger)
    assert "验了一项：灭火器，通过" in told and "验收签了字：街道，严科长" in told


def test_a_long_journal_waits_folded_below_its_newest_lines(place: Place, signed_in: Any) -> None:
    site = bring_to(State.IN_SERVICE, place, at=last_nine() - 40 * DAY)
    page = signed_in(place.charger).get(f"/charging/places/{site.case.number}/").content.decode()
    newest, earlier = page.split('<details class="earlier">')
    assert newest[newest.index('<ol class="timeline">') :].count("<time") == 8
    lines = site.case.events.count()
    assert f"更早的 {lines - 8} 条" in earlier and "选了一个位置" in earlier
    short = make_site(place, name="东门", at=last_nine())
    assert (
        'class="earlier"' not in signed_in(place.charger).get(f"/charging/places/{short.case.number}/").content.decode()
    )
