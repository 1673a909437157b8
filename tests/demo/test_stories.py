"""The demo told as `make run` tells it: each sentence of the stories stands in the rows, and nobody who signs in finds an empty house.

It is told once, because that takes half a minute; every sentence below is a part of the one test.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count, F, Max, Min, Q
from django.test import Client

from appointments.models import HelpRequest, Outcome
from appointments.workflow import State
from charging.models import Fault, Port, PortStatus
from charging.workflow.faults import FAULT
from community_portal import clock
from community_portal.bookings.models import Booking, BookingState, Session, SessionKind, SessionState
from community_portal.casework.models import Attachment, Case, Task
from community_portal.casework.queries import broken_link
from community_portal.dashboards.fold import all_differences
from community_portal.dues.models import DueItem
from community_portal.outbox.models import Message, MessageState
from community_portal.people.models import STAFF, THIRD_PARTIES, Body, Membership, Organisation, Resident, Role, User
from community_portal.people.register.routing import officer_of
from community_portal.people.sign_in.demo_accounts import demo_accounts
from community_portal.places.models import Community, Estate, Grid, Street
from eldercare.models import Adaptation, LinePhoto, PlanLine
from safety.models import CampaignSession, Drill, OnlineReach, Retrofit
from safety.queries.retrofits import asked_of, sides_of

PASSWORD = "demo-2026-huiketing"
ZHUXING = ("LT", "QY", "TS", "WJ", "XQ", "ZL")
SENTENCES: list[Callable[[], None]] = []


def sentence(check: Callable[[], None]) -> Callable[[], None]:
    SENTENCES.append(check)
    return check


@pytest.fixture
def seconds(db: None, settings: Any) -> Iterator[float]:
    """The stories are told; the seconds that this process worked for it."""
    settings.PORTAL_DEMO = True
    started = time.process_time()
    call_command("load_demo")
    yield time.process_time() - started


@pytest.mark.long
def test_the_stories_are_told(seconds: float, subtests: pytest.Subtests) -> None:
    assert seconds < 60  # beside it the database works: together under 75 seconds on a machine that does nothing else
    for check in SENTENCES:
        with subtests.test(check.__name__):
            check()


def who(username: str) -> User:
    return User.objects.get(username=username)


def client_of(username: str) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(who(username))
    return client


def figure(place: str, name: str, *, by: str = "admin") -> int:
    answer = client_of(by).get(f"/api/v1/figures/?place={place}&period=all")
    assert answer.status_code == 200, answer.content
    return int(answer.json()["figures"][name]["value"])


# ---- places ---------------------------------------------------------------------------------------------------------
@sentence
def zhuxing_has_six_communities_and_its_officer_reads_all_of_them() -> None:
    codes = list(Community.objects.filter(street__code="ZX").order_by("code").values_list("code", flat=True))
    assert tuple(codes) == ZHUXING
    page = client_of("street").get("/dashboard/").content.decode()
    for code in codes:
        assert Community.objects.get(code=code).name in page
        assert figure(code, "requests_taken_in", by="street") > 0 and figure(code, "visits", by="street") > 0


@sentence
def no_code_means_two_places() -> None:
    codes = [*Street.objects.values_list("code", flat=True), *Community.objects.values_list("code", flat=True)]
    assert len(codes) == len(set(codes)) == 6 + 11


@sentence
def the_other_streets_have_one_community_each() -> None:
    found = Community.objects.exclude(street__code="ZX").values_list("street__code", "code")
    assert set(found) == {("XK", "XF"), ("XH", "YX"), ("ZH", "FM"), ("TZ", "CA"), ("XI", "HQ")}


@sentence
def every_community_has_its_people_at_work() -> None:
    held = Membership.objects.in_force(on=clock.today())
    for community in Community.objects.all():
        for role in (Role.RECEPTIONIST, Role.MANAGER):
            assert held.filter(community=community, role=role).exists(), (community.code, role)
        assert held.filter(street=community.street, role=Role.STREET_OFFICER).exists(), community.code
    assert all(officer_of(grid, on=clock.today()) for grid in Grid.objects.all())


@sentence
def estates_have_the_names_of_the_stories() -> None:
    names = set(Estate.objects.values_list("community__code", "name", "name_en"))
    assert names >= {
        ("FM", "上海路9号", "Shanghai Road 9"),
        ("FM", "富民新村", "Fumin New Village"),
        ("FM", "鑫景佳园", "Xinjing Jiayuan"),
        ("FM", "中兴花苑", "Zhongxing Huayuan"),
        ("FM", "富安新居", "Fu'an Xinju"),
        ("CA", "万科公园里", "Vanke Park"),
    }
    assert not Estate.objects.filter(name__in=["新景嘉园", "中兴花园", "万科方圆", "上海路 9 号楼"]).exists()


@sentence
def nobody_lives_in_the_bank() -> None:
    homes = Resident.objects.filter(household__building__estate__name="上海路9号")
    floors = {int(room[0]) for room in homes.values_list("household__room", flat=True)}
    assert floors == {3, 4, 5, 6} and homes.aggregate(doors=Count("household", distinct=True))["doors"] == 24
    assert homes.filter(name="倪小燕", household__room="401").exists()


# ---- organisations and accounts -------------------------------------------------------------------------------------
@sentence
def organisations_of_the_stories_have_their_kinds_and_streets() -> None:
    found = {o.name: o for o in Organisation.objects.prefetch_related("streets")}
    assert {o.kind for o in found.values()} >= THIRD_PARTIES
    assert (found["花桥幼儿园"].kind, found["南通站派出所"].kind) == (Body.SCHOOL, Body.POLICE)
    for name in ("花桥幼儿园", "南通站派出所"):
        assert [street.code for street in found[name].streets.all()] == ["XI"]
    assert not Membership.objects.filter(organisation__kind__in=Body.values).exists()
    assert all(o.streets.all() for o in found.values())


@sentence
def further_accounts_sign_in_with_the_same_password_and_their_first_page_works() -> None:
    starts = {
        **dict.fromkeys(("assessor", "property", "dutydesk", "safety-ca", "safety-hq"), "/desk/"),
        "operator": "/charging/operator/",
        **dict.fromkeys(("street-xh", "street-zh"), "/dashboard/"),
    }
    for name, start in starts.items():
        client = Client(HTTP_HOST="localhost")
        answer = client.post("/staff/sign-in/", {"login": name, "password": PASSWORD})
        assert (answer.status_code, answer.headers.get("Location")) == (302, start), name
        assert client.get(start).status_code == 200, name


@sentence
def the_accounts_of_the_contract_are_as_they_were() -> None:
    posts = {
        "reception": (Role.RECEPTIONIST, "LT"),
        "manager": (Role.MANAGER, "LT"),
        "eldercare": (Role.ELDERCARE, "XH"),
        "charging": (Role.CHARGING, "FM"),
        "safety": (Role.SAFETY, "XF"),
        "safety-ca": (Role.SAFETY, "CA"),
        "safety-hq": (Role.SAFETY, "HQ"),
        "street": (Role.STREET_OFFICER, "ZX"),
        "street-xh": (Role.STREET_OFFICER, "XH"),
        "street-zh": (Role.STREET_OFFICER, "ZH"),
    }
    for name, post in posts.items():
        assert [(m.role, m.place.code) for m in who(name).memberships_now] == [post], name
    assert [(m.role, str(m.grid.community.code)) for m in who("grid").memberships_now if m.grid] == [
        ("grid_officer", "LT")
    ]
    assert who("admin").is_superuser and all(user.check_password(PASSWORD) for user in (who("admin"), who("grid")))
    phones = {f"+861380000000{n}" for n in range(1, 6)}
    assert set(User.objects.filter(phone__in=phones).values_list("phone", flat=True)) == phones


@sentence
def third_parties_belong_to_an_organisation_of_the_right_street_and_see_nothing_of_residents() -> None:
    places = {
        "contractor": (Role.CONTRACTOR, "XH"),
        "agency": (Role.CARE_AGENCY, "XH"),
        "assessor": (Role.ASSESSOR, "XH"),
        "dutydesk": (Role.DUTY_DESK, "XH"),
        "property": (Role.PROPERTY, "TZ"),
        "operator": (Role.OPERATOR, "ZH"),
    }
    for name, (role, street) in places.items():
        user = who(name)
        (post,) = user.memberships_now
        assert post.organisation is not None and (post.role, post.organisation.kind) == (role, role), name
        assert [s.code for s in post.organisation.streets.all()] == [street], name
        assert not Resident.objects.visible_to(user).exists() and not HelpRequest.objects.visible_to(user).exists()


@sentence
def the_sign_in_page_lists_every_account_with_its_place() -> None:
    lines = {account["username"]: account["what"] for account in demo_accounts()["staff"]}
    able = {user.username for user in User.objects.exclude(memberships=None) if user.has_usable_password()} | {"admin"}
    assert set(lines) == able and len(lines) == 18
    assert lines["street-xh"] == "街道干部 · 小海街道" and lines["grid"] == "网格员 · 龙田社区 3 网格"
    assert lines["dutydesk"] == "呼叫值守 · 一键呼叫值守中心"


# ---- registers ------------------------------------------------------------------------------------------------------
@sentence
def registers_have_the_sizes_that_the_stories_need() -> None:
    found = dict(Resident.objects.values_list("community__code").annotate(Count("pk")))
    assert found["LT"] >= 340 and found["YX"] >= 160 and found["FM"] >= 220
    assert all(40 <= found[code] <= 60 for code in ("XF", "CA", "HQ"))


@sentence
def yuanxing_has_elders_enough_in_homes_enough() -> None:
    today = clock.today()
    file = Resident.objects.filter(community__code="YX")
    assert file.filter(born_on__lt=today.replace(year=today.year - 60, day=min(today.day, 28))).count() >= 95
    assert file.aggregate(homes=Count("household", distinct=True))["homes"] >= 80


@sentence
def whoever_is_on_file_lives_behind_a_door_that_exists() -> None:
    strays = Resident.objects.filter(household__building=None).exclude(cases=None)
    assert strays.count() <= 6  # who called without saying where they live, one in each busier community
    everyone = Resident.objects.filter(household__building__isnull=False).select_related("household__building")
    assert all(int(r.household.room[:-2]) <= r.household.building.floors for r in everyone if r.household)


# ---- story 1 --------------------------------------------------------------------------------------------------------
@sentence
def longtian_has_held_over_twenty_activities_since_early_april() -> None:
    held = Session.objects.filter(
        community__code="LT", kind=SessionKind.ACTIVITY, state=SessionState.OPEN, ends_at__lt=clock.now()
    )
    assert 20 < held.count() < 30
    first = clock.local(held.aggregate(first=Min("starts_at"))["first"])
    assert (first.month, first.day <= 15) == (4, True)
    came = Count("bookings", Q(bookings__state=BookingState.SERVED))
    assert all(session.came >= 10 for session in held.annotate(came=came))
    assert Booking.objects.filter(session__in=held, state=BookingState.SERVED).count() > 300
    recital = held.get(title="听党员讲故事")
    assert clock.local(recital.starts_at).day in (15, 16, 17)
    assert clock.now() - held.aggregate(last=Max("ends_at"))["last"] < dt.timedelta(days=16)


@sentence
def an_activity_that_was_called_off_was_not_held_and_its_guests_know() -> None:
    off = Session.objects.get(community__code="LT", kind=SessionKind.ACTIVITY, state=SessionState.CANCELLED)
    assert Counter(off.bookings.values_list("state", flat=True)).keys() == {BookingState.CANCELLED}
    told = Message.objects.filter(kind="booking_cancelled_by_house", state=MessageState.SENT)
    assert told.count() >= off.bookings.count() - 3  # some have no telephone


@sentence
def longtian_has_solved_exactly_eight_problems() -> None:
    assert figure("LT", "problems_solved") == 8
    solved = HelpRequest.objects.filter(community__code="LT", outcome=Outcome.SOLVED)
    assert solved.count() == 8
    for request in solved:
        told = list(request.case.events.filter(matter_id=request.pk).order_by("id").values_list("kind", "at"))
        moments = [at for _kind, at in told]
        assert all(earlier <= later for earlier, later in pairwise(moments)), request.case.number
        assert {"opened", "verify", "resolve"} <= {kind for kind, _at in told}, told
        assert moments[0] == request.opened_at and request.resolved_at in moments


@sentence
def the_husband_has_asked_for_his_wife() -> None:
    wife = HelpRequest.objects.get(case__resident__name="吴秀英")
    assert wife.case.asker is not None and wife.case.asker.name == "陈平"


# ---- the house of today ---------------------------------------------------------------------------------------------
@sentence
def whatever_the_hour_each_desk_has_work() -> None:
    for name in ("reception", "grid", "street", "street-xh", "street-zh"):
        assert Task.objects.inbox_of(who(name)).exists(), name
    desk = set(Task.objects.inbox_of(who("reception")).values_list("state", flat=True))
    assert {State.REGISTERED, State.VERIFIED, State.RESOLVED} <= desk
    met = set(HelpRequest.objects.values_list("state", flat=True))
    assert set(State) - {State.VISITING} <= met  # on the way is somebody only in office hours
    late = HelpRequest.objects.filter(community__code="LT")
    assert late.overdue(at=clock.now()).exists() and late.filter(resolved_at__gt=F("promised_at")).exists()
    now = clock.now()  # what waits for somebody else is late for neither
    assert (
        Task.objects.overdue(at=now).filter(flow=HelpRequest.flow.name).count()
        == HelpRequest.objects.overdue(at=now).count()
    )
    ahead = Booking.objects.filter(starts_at__gt=clock.now() + dt.timedelta(days=1), state=BookingState.BOOKED)
    assert ahead.count() > 20
    assert not User.objects.filter(is_demo=False).exists(), "whoever the demonstration made ends with it"


@sentence
def what_was_to_be_said_has_been_said_in_time() -> None:
    waiting = Message.objects.filter(state=MessageState.WAITING, due_at__lt=clock.now() - dt.timedelta(hours=1))
    assert not waiting.exclude(channel="sms").exists()  # what waits for the morning is an SMS
    assert not Message.objects.filter(state__in=[MessageState.FAILED, MessageState.UNSURE]).exists()


@sentence
def xingfu_held_a_drill_and_has_one_tomorrow() -> None:
    """63 people, two houses empty after 212 s (median), four stations, three things to be put right, one to be tried tomorrow."""
    assert figure("XF", "drills_held") == 1
    assert figure("XF", "drill_participants") == 63
    assert figure("XF", "drill_evacuation_seconds_median") == 212
    assert figure("XF", "corrective_actions") == 3
    assert figure("XF", "skills_practised") == 42 + 31 + 36 + 28
    assert figure("XF", "drill_buildings_covered_rate") == 100
    came = Booking.objects.filter(session__drills__state="actions", state__in=["arrived", "served"])
    assert 0 < figure("XF", "drill_persons") == came.values("resident").distinct().count() <= 63
    held, ahead = Drill.objects.order_by("starts_at")
    assert (held.state, ahead.state) == ("actions", "notified")
    assert [
        point.counts.order_by("at").values_list("unaccounted", flat=True)[0] for point in held.points.order_by("pk")
    ] == [1, 0]
    assert ahead.checks.filter(done_at=None).count() == 2
    assert ahead.session is not None and ahead.session.taken == 84
    assert ahead.helpers.exclude(confirmed_at=None).count() == 6
    assert [one.state for one in ahead.retests.all()] == ["checked"]
    assert Message.objects.filter(kind="drill_thanks").exists()


@sentence
def journals_and_figures_hold() -> None:
    assert all(broken_link(case) is None for case in Case.objects.all()[:50])
    assert not all_differences()
    assert {role for role in Membership.objects.values_list("role", flat=True)} == STAFF | THIRD_PARTIES


@sentence
def the_builder_opens_every_photo_of_the_homes_they_built() -> None:
    shots = LinePhoto.objects.filter(line__plan__adaptation__contractor__isnull=False)
    opened = Attachment.objects.visible_to(who("contractor")).filter(pk__in=shots.values("attachment"))
    assert 0 < shots.count() == opened.count()


@sentence
def what_was_built_was_decided_on_facts_and_has_english_names() -> None:
    built = Adaptation.objects.filter(accepted_at__isnull=False)
    assert built.count() >= 37
    assert not built.filter(Q(tenure="") | Q(is_unsafe=None) | Q(works_begun=None)).exists()
    assert not PlanLine.objects.filter(plan__adaptation__in=built, item__name_en="").exists()


@sentence
def fumin_has_529_sockets_and_70_of_its_third_round() -> None:
    assert figure("FM", "charging_ports_total") == 529
    assert figure("FM", "charging_ports_last_round") == 70
    assert Port.objects.in_service().filter(code="SH9-03", point__site__estate__name="上海路9号").exists()
    assert not Port.objects.filter(state_at__isnull=True).exists()


@sentence
def what_vendors_said_is_six_weeks_long_and_no_longer_than_it_has_to_be() -> None:
    said = PortStatus.objects.aggregate(n=Count("pk"), first=Min("at"), last=Max("at"))
    assert 20_000 < said["n"] <= 60_000
    assert dt.timedelta(days=40) < said["last"] - said["first"] < dt.timedelta(days=44)


@sentence
def twelve_sockets_broke_and_stand_in_every_state() -> None:
    states = Counter(Fault.objects.values_list("state", flat=True))
    assert states.total() == 12 and set(states) == set(FAULT.states)
    assert "插座 " in client_of("operator").get("/charging/operator/").content.decode()
    assert "空 / 共" in client_of("charging").get("/charging/").content.decode()


@sentence
def a_street_teaches_along_the_railway() -> None:
    held = CampaignSession.objects.filter(community__code="HQ", state__in=["held", "reported"])
    assert held.count() == 11 and held.values("venue").distinct().count() >= 5
    kindergarten = held.get(venue="kindergarten")
    assert (kindergarten.children, kindergarten.confirmed_by_name) == (96, "周园长")
    assert sum(held.values_list("heads", flat=True)) >= 96
    newest = OnlineReach.objects.order_by("channel", "-as_of").distinct("channel")
    assert sum(one.views for one in newest) == 12_400
    assert figure("HQ", "campaign_sessions") == 11
    assert figure("HQ", "campaign_reached") == sum(held.values_list("heads", flat=True)) >= 96
    assert figure("HQ", "campaign_online_views") == 12_400


@sentence
def what_is_due_for_houses_is_mostly_done_and_some_of_it_late() -> None:
    items = DueItem.objects.filter(kind__startswith="safety_", community__code="CA")
    today = clock.today()
    assert items.filter(done_on__isnull=False).exists() and items.overdue(on=today).exists()
    assert all(items.values_list("clause", flat=True))


@sentence
def a_stilt_floor_was_made_safe_by_all_sides_and_still_is() -> None:
    done = Retrofit.objects.get(community__code="CA", state="running")
    assert (done.asked, done.answered, done.reported) == (412, 405, 379)
    asked = asked_of(done)
    assert asked and (asked.of_all, asked.of_answered) == (92.0, 93.6)
    assert done.meeting and done.meeting.led_by and done.meeting.led_by.name == "公园里物业"
    assert sorted(done.meeting.parties.values_list("role", flat=True)) == ["community", "fire", "owners", "property"]
    assert (done.zones.count(), done.days, sides_of(list(done.contributions.all()))) == (14, 9, 6)
    assert [(one.after_days, one.passed) for one in done.checks_now()] == [(30, True), (90, None)]
    assert figure("CA", "retrofits_done") == 1 and figure("CA", "retrofit_days_median") == 9
    assert figure("CA", "survey_report_rate") >= 90
    page = client_of("property").get("/property/").content.decode()
    assert done.case.title in page and "万科公园里" in page
