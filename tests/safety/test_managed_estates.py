"""F10: a property company starts things in the estates that it manages, and nowhere else; with its contract ends what it reads, and
what is open goes on with the next."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from community_portal import clock
from community_portal.casework.models import Attachment, Case, Task
from community_portal.casework.queries import members_given
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.deliberations.actions.meetings import Invited, call_meeting, decide, hold_meeting, write_minutes
from community_portal.deliberations.models import Meeting
from community_portal.deliberations.topics import topic_of, topic_of_estate
from community_portal.dues.models import DueItem
from community_portal.people.models import ManagedEstate, User
from community_portal.people.staff.managing import end_management, give_estate, manager_of
from community_portal.places.models import Estate
from community_portal.refusals import NotAllowed, Refusal
from safety.actions.hazards import open_hazard
from safety.actions.premises import save_premises
from safety.models import Hazard, Premises, Retrofit
from safety.rights import may_start_at
from tests.cast import MONDAY, Cast
from tests.factories import make_building, make_estate
from tests.safety.retrofitting import DAY, Site, make_firm, make_retrofit, make_running, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(cast: Cast) -> Site:
    return make_site(cast)


def again(user: User) -> User:
    """As the next request reads them."""
    return User.objects.get(pk=user.pk)


def another_takes_over(site: Site) -> User:
    firm, keeper = make_firm("新来物业", "newcomer")
    give_estate(site.estate, organisation=firm, since=clock.today(), by=site.cast.manager, at=clock.now())
    return keeper


def told(site: Site, **more: Any) -> dict[str, Any]:
    return {"community": site.cast.home, "kind": "blocked_way", "words": "堵了", "source": "property", **more}


def test_in_its_estates_and_nowhere_else(site: Site) -> None:
    ours = make_building(estate=site.estate, grid=site.cast.grid)
    theirs = make_building(estate=make_estate(community=site.cast.home, name="别的小区"), grid=site.cast.grid)
    assert may_start_at(site.keeper, site.estate) and may_start_at(site.keeper, ours)
    assert may_start_at(site.keeper, site.cast.home)
    assert not may_start_at(site.keeper, theirs) and not may_start_at(site.keeper, site.cast.next_door)
    hazard = open_hazard(**told(site, building=ours), by=site.keeper, at=MONDAY)
    assert hazard in Hazard.objects.visible_to(site.keeper)
    with pytest.raises(NotAllowed):
        open_hazard(**told(site, building=theirs), by=site.keeper, at=MONDAY)
    with pytest.raises(NotAllowed):
        make_retrofit(Site(site.cast, theirs.estate, site.firm, site.keeper, site.safety))
    with pytest.raises(NotAllowed):
        topic_of_estate(theirs.estate, title="议事", by=site.keeper, at=MONDAY)


def test_another_manager_and_access_ends_everywhere(site: Site, signed_in: Any) -> None:
    retrofit = make_running(site)
    hazard = open_hazard(
        **told(site, building=make_building(estate=site.estate, grid=site.cast.grid)), by=site.keeper, at=MONDAY
    )
    photo = ReadFile(b"%PDF-1.4\n%%EOF", "方案.pdf", "application/pdf", "pdf")
    paper = keep_file(retrofit.case, photo, kind="paper", by=site.keeper, at=MONDAY, event=retrofit.write(
        "note", by=site.keeper, at=MONDAY
    ))  # fmt: skip
    before = site.keeper
    assert _sees(before, retrofit, hazard, paper, signed_in) == {
        "list": True, "hazard": True, "page": 200, "file": 200, "api": 200, "search": True, "own page": True, "sheet": 200,
    }  # fmt: skip
    newcomer = another_takes_over(site)
    nothing = {
        "list": False, "hazard": False, "page": 404, "file": 404, "api": 404, "search": False, "own page": False, "sheet": 404,
    }  # fmt: skip
    assert _sees(again(before), retrofit, hazard, paper, signed_in) == nothing
    after = _sees(again(newcomer), retrofit, hazard, paper, signed_in)
    assert all(after.values()) and 404 not in after.values(), "what is open there goes on with the next"
    assert Case.objects.filter(pk=retrofit.case_id).exists()


def _sees(user: User, retrofit: Retrofit, hazard: Hazard, paper: Attachment, signed_in: Any) -> dict[str, Any]:
    number, client, api = retrofit.case.number, signed_in(user), APIClient()
    api.force_authenticate(user)
    return {
        "list": retrofit in Retrofit.objects.visible_to(user),
        "hazard": hazard in Hazard.objects.visible_to(user),
        "page": client.get(f"/safety/retrofits/{number}/").status_code,
        "sheet": client.get(f"/safety/retrofits/{number}/sheet/").status_code,
        "file": client.get(reverse("attachment", args=[paper.pk])).status_code,
        "api": api.get(f"/api/v1/retrofits/{number}/").status_code,
        "search": number in client.get("/property/").content.decode(),
        "own page": retrofit.case.title in client.get("/property/").content.decode(),
    }


def test_the_page_of_a_hazard_offers_what_they_manage_and_the_next_company_the_same(site: Site, signed_in: Any) -> None:
    ours = make_building(estate=site.estate, grid=site.cast.grid, number=71)
    make_building(estate=make_estate(community=site.cast.home, name="别的小区"), grid=site.cast.grid, number=72)
    page = signed_in(site.keeper).get("/safety/hazards/new/").content.decode()
    assert "71 幢" in page.replace("71幢", "71 幢") and "别的小区" not in page
    sent = {"kind": "blocked_way", "building": ours.pk, "words": "堵了", "once": "h1"}
    assert signed_in(site.keeper).post("/safety/hazards/new/", sent).status_code == 303
    hazard = Hazard.objects.select_related("case").get()
    newcomer = another_takes_over(site)
    assert signed_in(again(site.keeper)).get("/safety/hazards/new/").status_code == 404
    assert "万科公园里" in signed_in(newcomer).get("/safety/hazards/new/").content.decode()
    assert signed_in(newcomer).get(f"/safety/hazards/{hazard.case.number}/").status_code == 200
    assert signed_in(again(site.keeper)).get(f"/safety/hazards/{hazard.case.number}/").status_code == 404


def test_a_contract_that_is_over_ends_access_by_itself(site: Site) -> None:
    retrofit = make_retrofit(site)
    assert retrofit in Retrofit.objects.visible_to(site.keeper)
    assert Task.objects.inbox_of(site.keeper).count() == 1
    yesterday = clock.today() - DAY
    ManagedEstate.objects.update(until=yesterday)
    keeper = again(site.keeper)
    assert not Retrofit.objects.visible_to(keeper).exists() and not Task.objects.inbox_of(keeper).exists()
    assert not retrofit.roles_given(keeper)
    assert not may_start_at(keeper, site.estate)
    newcomer = another_takes_over(site)
    task = Task.objects.open().get(flow="retrofit")
    assert list(Task.objects.inbox_of(newcomer)) == [task]
    assert list(members_given(task, "property", on=clock.today())) == [newcomer]


def test_a_meeting_that_stands_alone_is_led_by_the_company(site: Site, signed_in: Any) -> None:
    client = signed_in(site.keeper)
    starts = clock.local(clock.now()) - dt.timedelta(hours=2)
    sent = {
        "kind": "joint", "title": "架空层怎么办", "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "place": "物业会议室",
        "roles": ["fire", "community", "property", "owners"], "estate": site.estate.pk, "once": "m1",
    }  # fmt: skip
    answer = client.post("/deliberations/meetings/new/", sent)
    assert answer.status_code == 303, answer.content.decode()[-2000:]
    meeting = Meeting.objects.get()
    assert (meeting.led_by, meeting.estate, meeting.flow) == (site.firm, site.estate, "")
    assert meeting.case.events.get(kind="opened").authority == "role:property"
    hold_meeting(meeting, came={one.pk: 2 for one in meeting.parties.all()}, by=site.keeper, at=clock.now())
    write_minutes(meeting, words="大家同意先问住户", by=site.keeper, at=clock.now())
    decide(meeting, words="先问住户", due_on=clock.today(), organisation=site.firm, by=site.keeper, at=clock.now())
    assert "公园里物业牵头" in client.get(f"/deliberations/meetings/{meeting.pk}/").content.decode()
    assert signed_in(site.safety).get(f"/deliberations/meetings/{meeting.pk}/").status_code == 200
    newcomer = another_takes_over(site)
    assert signed_in(again(site.keeper)).get(f"/deliberations/meetings/{meeting.pk}/").status_code == 404
    assert signed_in(newcomer).get(f"/deliberations/meetings/{meeting.pk}/").status_code == 200


def test_a_company_without_an_estate_calls_no_meeting(site: Site, signed_in: Any) -> None:
    _firm, idle = make_firm("闲着物业", "idle")
    sent = {
        "kind": "joint",
        "title": "x",
        "starts_at": "2026-11-28T09:30",
        "place": "y",
        "roles": ["fire"],
        "once": "m2",
    }
    answer = signed_in(idle).post("/deliberations/meetings/new/", sent | {"estate": site.estate.pk})
    assert answer.status_code == 422 and not Meeting.objects.exists()


def test_meetings_about_what_they_were_given_are_led_by_them(site: Site) -> None:
    retrofit = make_retrofit(site)
    by_staff: dict[str, Any] = {"by": site.safety, "at": MONDAY}
    given: dict[str, Any] = {"kind": "joint", "title": "x", "starts_at": MONDAY, "place": "y"}
    sides = [Invited("fire")]
    assert call_meeting(topic_of(retrofit), parties=sides, **given, **by_staff).led_by is None
    assert call_meeting(topic_of(retrofit), parties=sides, **given, by=site.keeper, at=MONDAY).led_by == site.firm


def test_what_is_due_follows_the_contract(site: Site) -> None:
    house = make_building(estate=site.estate, grid=site.cast.grid, floors=18)
    premises = Premises(
        community=site.cast.home, building=house, kind="homes", name="1 幢", height_m=54, since=dt.date(2026, 1, 1)
    )
    save_premises(premises, by=site.safety, at=clock.now())
    rows = DueItem.objects.open().filter(subject_ref=premises.ref)
    assert set(rows.values_list("organisation", flat=True)) == {site.firm.pk}
    newcomer = another_takes_over(site)
    assert set(rows.values_list("organisation__name", flat=True)) == {"新来物业"}
    assert not DueItem.objects.visible_to(again(site.keeper)).exists()
    assert DueItem.objects.visible_to(newcomer).exists()


def test_contracts_follow_each_other(site: Site, signed_in: Any) -> None:
    other, _member = make_firm("别家物业", "other")
    deed: dict[str, Any] = {"by": site.cast.manager, "at": MONDAY}
    give_estate(site.estate, organisation=other, since=dt.date(2026, 7, 1), **deed)
    assert manager_of(site.estate, on=dt.date(2026, 6, 30)) == site.firm
    assert manager_of(site.estate, on=dt.date(2026, 7, 1)) == other
    assert _code(give_estate, site.estate, organisation=site.firm, since=dt.date(2026, 7, 1), **deed) == "later_one"
    assert _code(give_estate, site.estate, organisation=None, since=dt.date(2026, 9, 1), **deed) == "no_company"
    running = ManagedEstate.objects.get(organisation=other)
    assert _code(end_management, running, on=dt.date(2026, 6, 1), **deed) == "bad_day"
    end_management(running, on=dt.date(2026, 8, 1), **deed)
    assert manager_of(site.estate, on=dt.date(2026, 8, 2)) is None
    for nobody in (site.keeper, site.cast.reception):
        with pytest.raises(NotAllowed):
            give_estate(site.estate, organisation=other, since=dt.date(2026, 9, 1), by=nobody, at=MONDAY)


def _code(deed: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refusal) as error:
        deed(*args, **kwargs)
    return error.value.code


def test_the_page_of_contracts(site: Site, signed_in: Any) -> None:
    other, _member = make_firm("别家物业", "other")
    client, where = signed_in(site.cast.manager), f"/settings/estates/{site.estate.pk}/managers/"
    assert "公园里物业" in client.get(where).content.decode()
    sent = {"organisation": other.pk, "since": f"{clock.today():%Y-%m-%d}", "once": "c1"}
    assert client.post(where, sent).status_code == 303
    assert manager_of(site.estate, on=clock.today()) == other
    assert client.post(where, sent | {"once": "c2"}).status_code == 422
    contract = ManagedEstate.objects.get(organisation=other)
    ends = {"end": contract.pk, "last-on": f"{clock.today():%Y-%m-%d}", "once": "c3"}
    assert client.post(where, ends).status_code == 303
    contract.refresh_from_db()
    assert contract.until == clock.today()
    assert client.post(where, ends | {"end": "999", "once": "c4"}).status_code == 404
    assert signed_in(site.safety).get(where).status_code == 403
    abroad = make_estate(community=site.cast.next_door, name="邻社区小区")
    assert client.get(f"/settings/estates/{abroad.pk}/managers/").status_code == 404
    assert Estate.objects.filter(pk=abroad.pk).exists()
