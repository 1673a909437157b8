"""axe-core finds nothing on any page, in normal and in elder mode; nothing scrolls sideways on a phone."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from django.urls import Resolver404, resolve

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book, hold_session
from community_portal.bookings.models import Booking, SessionKind
from community_portal.bookings.queries import free_times
from community_portal.deliberations.actions.ballots import make_link
from community_portal.deliberations.actions.meetings import decide, hold_meeting, write_minutes
from community_portal.deliberations.actions.opinions import open_survey, take_objection, take_opinion
from community_portal.deliberations.models import BallotLink
from community_portal.deliberations.surveys import token_of
from community_portal.deliberations.topics import topic_alone
from community_portal.dues.actions import put_turns
from community_portal.dues.kinds import KINDS as DUTIES
from community_portal.dues.models import DueItem
from community_portal.matters.actions import visits
from community_portal.matters.actions.words import add_words
from community_portal.people.links import ballot_hash_of, link_hash_of
from community_portal.people.models import Resident, User
from community_portal.places.importers import import_calendar
from community_portal.places.models import Room, Street
from community_portal.rules.actions import publish
from community_portal.rules.drafts import Draft
from eldercare.actions.applications import apply_for
from eldercare.actions.assessments import answer_items, open_assessment
from eldercare.actions.surveys import add_finding
from eldercare.actions.warranty import report_fault
from eldercare.models import AcceptanceDay, AcceptanceVisit, Adaptation, ProductRecord, WarrantyTicket
from eldercare.queries.warranty import products_of
from eldercare.workflow.states import State as AdaptationState
from tests.access.policy import POLICY
from tests.access.test_walk import addresses
from tests.cast import make_cast
from tests.deliberations.test_meetings import call
from tests.deliberations.votes import draft, make_vote
from tests.dues.duties import EBIKE, subject
from tests.eldercare.built import decide_all, make_accepting, make_lived_with
from tests.eldercare.elders import (
    answers_worth,
    make_adaptation,
    make_catalogue,
    make_coordinator,
    make_elder,
    make_programme,
)
from tests.factories import make_category, make_household, make_opening, make_resident, make_service, make_session
from tests.look.narrow import narrow_page, what_does_not_fit, what_hurts_the_old
from tests.people.id_numbers import number_for
from tests.safety.campaigning import make_shown as make_shown_campaign
from tests.safety.drilling import make_shown
from tests.safety.retrofitting import make_running, make_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = next(Path(str(resources.files("axe_core_python"))).glob("*.min.js")).read_text()
UNEVEN = """() => [...document.querySelectorAll("table:has(thead)")].filter((table) => {
  const wide = (row) => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
  return [...table.tBodies].flatMap((body) => [...body.rows]).some((row) => wide(row) !== wide(table.tHead.rows[0]));
}).map((table) => `uneven: ${table.tHead.innerText} over ${table.tBodies[0].rows[0].innerText}`)"""
# What moved by itself while the page came, by more than a tenth of what browsers still call steady.
SHIFTS = """() => new Promise((tell) => {
  const found = [];
  new PerformanceObserver((list) => list.getEntries().forEach((at) => {
    if (at.value > 0.01) found.push([at.value, ...at.sources.map((source) => source.node?.outerHTML?.slice(0, 120))]);
  })).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => tell(found), 300);
})"""
CODE = "/sign-in/code/"
TOKEN = "a-token-of-the-test-0123456789"
PUBLIC = (
    "/",
    "/sign-in/",
    "/staff/sign-in/",
    "/look-up/",
    "/communities/",
    "/activities/",
    "/help/",
    "/book/",
    "/book/allowance/",
    f"/b/{TOKEN}/",
    f"/v/{TOKEN}/",
    "/report/",
    "/report/received/",
    "/report/wire/",
    "/minutes/{minutes}/",
    "/survey/{survey_token}/",
    "/nowhere/",
)
RESIDENT = (
    "/",
    "/my/",
    "/my/requests/LT-26-0001/",
    "/my/bookings/{booking}/",
    "/account/",
    "/account/calendar/",
    "/help/",
    "/book/allowance/",
    "/notices/",
    "/activities/",
    "/care/apply/",
    "/care/apply/{adaptation}/home/",
    "/care/apply/{adaptation}/papers/",
    "/my/eldercare/{adaptation}/",
    "/my/eldercare/{adaptation}/plan/",
    "/my/eldercare/{mended}/warranty/",
    "/my/warranty/{ticket}/",
    "/safety/",
    "/safety/drills/{drill}/join/",
    "/safety/my-drill/{certificate}/",
    "/kids/railway/",
    "/activities/{activity}/wait/",
)
DESK = (
    "/desk/", "/desk/intake/", "/desk/intake/?resident={resident}", "/desk/visits/", "/desk/visits/{booking}/",
    "/desk/book/", "/desk/book/?move={booking}", "/desk/activities/", "/desk/activities/new/", "/desk/activities/{activity}/?q=陈平",
    "/desk/activities/{activity}/change/", "/desk/check-in/", "/inbox/", "/residents/", "/residents/new/",
    "/residents/{resident}/", "/residents/{resident}/edit/", "/residents/{resident}/merge/",
    "/residents/{resident}/merge/?other={other}", "/requests/", "/requests/LT-26-0001/",
    "/residents/{resident}/contacts/", "/residents/{resident}/care/", "/residents/{resident}/reveal/", "/residents/{resident}/delegations/",
    "/eldercare/elders/", "/residents/{resident}/eldercare/",
    "/residents/{resident}/close/", "/residents/{resident}/cases/", "/residents/{resident}/bookings/",
    "/requests/LT-26-0001/slip/", "/requests/LT-26-0001/withdraw/", "/messages/", "/notices/",
    "/find/?q=chen", "/account/", "/account/calendar/", "/account/password/", "/account/confirm/", "/account/security/",
    "/eldercare/warranty/", "/warranty/{ticket}/", "/warranty/{ticket}/slip/", "/warranty/{ticket}/withdraw/",
    "/eldercare/{mended}/warranty/", "/residents/{resident}/eldercare/warranty/",
    "/eldercare/adaptations/", "/eldercare/{adaptation}/", "/eldercare/{adaptation}/home/",
    "/eldercare/{adaptation}/sign/", "/eldercare/{adaptation}/slip/", "/eldercare/apply/LT-26-0001/",
    "/eldercare/{adaptation}/withdraw/", "/eldercare/apply/?resident={other}",
    "/residents/{resident}/eldercare/adaptations/",
    "/deliberations/", "/deliberations/meetings/{meeting}/", "/deliberations/meetings/{meeting}/print/",
    "/deliberations/votes/{vote}/", "/deliberations/votes/{vote}/print/", "/deliberations/votes/{vote}/ballots/",
    "/deliberations/objections/{objection}/", "/deliberations/surveys/{survey}/", "/deliberations/opinions/",
)  # fmt: skip
OFFICER = (
    "/field/",
    "/eldercare/elders/{resident}/",
    "/eldercare/elders/{resident}/change/",
    "/eldercare/elders/{resident}/family/",
    "/eldercare/elders/{resident}/visit/?from=field",
    "/eldercare/assess/{assessment}/end/",
    "/eldercare/{assessing}/survey/",
    "/kept/",
    "/requests/LT-26-0001/verify/",
    "/requests/LT-26-0001/not_home/",
    "/requests/LT-26-0001/plan_visit/",
)
DRILL_PAGES = (
    "", "plan/", "people/", "poster/", "notice/", "helpers/", "day/", "day/correct/", "roll/", "wall/", "evaluation/", "slip/", "cancel/",
)  # fmt: skip
MANAGER = (
    "/dashboard/", "/dashboard/rows/help_requests_received/?period=all", "/settings/", "/settings/openings/",
    "/settings/openings/new/", "/settings/services/", "/settings/categories/", "/settings/closures/", "/settings/staff/", "/settings/clients/",
    "/settings/estates/", "/settings/estates/{estate}/", "/settings/estates/{estate}/managers/", "/settings/buildings/{building}/",
    "/settings/services/new/", "/settings/calendar/?year=2026", "/settings/hall/", "/settings/rooms/new/",
    "/settings/openings/{opening}/", "/settings/services/{service}/", "/settings/staff/{clerk}/hand-over/", "/settings/rooms/{room}/",
    "/eldercare/", "/eldercare/lent/", "/eldercare/{accepting}/accept/", "/eldercare/{accepting}/accept/1/",
    "/eldercare/{accepting}/accept/talk/?who=self", "/eldercare/{accepting}/accept/party/",
    "/eldercare/{accepting}/accept/party/{member}/", "/eldercare/{accepting}/follow-up/first/", "/eldercare/lent/{lent}/",
    "/works/{accepting}/", "/dossier/adaptation/{accepting}/", "/dossier/adaptation/{accepting}/brief/",
    "/settings/adaptations/", "/settings/adaptations/lists/{list}/",
    "/deliberations/meetings/new/", "/deliberations/votes/new/", "/deliberations/surveys/new/", "/deliberations/votes/{draft}/", "/deliberations/votes/{draft}/roll/",
    *(f"/safety/drills/{{drill}}/{rest}" for rest in DRILL_PAGES), "/safety/drills/", "/safety/drills/new/",
    "/safety/drills/{drill}/helpers/{helper}/", "/safety/drills/{held_drill}/evaluation/{observation}/action/",
    "/safety/desk/", "/safety/premises/", "/safety/premises/new/", "/safety/premises/{premises}/", "/safety/campaigns/",
    "/safety/campaigns/{campaign}/", "/safety/sessions/", "/safety/sessions/new/", "/safety/sessions/{session}/",
    "/safety/sessions/{session}/slip/", "/safety/sessions/{session}/correct/", "/residents/{resident}/safety/sessions/",
    "/dossier/campaign_session/{session}/brief/", "/settings/bodies/", "/settings/bodies/{body}/",
    "/safety/actions/", "/safety/actions/{corrective}/", "/safety/actions/{corrective}/slip/", "/safety/actions/{corrective}/prove/",
    "/safety/retrofits/", "/safety/retrofits/new/", "/safety/retrofits/{retrofit}/", "/safety/retrofits/{retrofit}/sheet/",
    "/safety/retrofits/{retrofit}/slip/", "/safety/retrofits/{retrofit}/pass_test/", "/residents/{resident}/safety/retrofits/",
    "/residents/{resident}/safety/drills/", "/residents/{resident}/safety/actions/",
    "/dues/?show=all", "/dues/month/", "/dues/{due}/", "/dues/{due}/?waive=1", "/settings/rules/", "/settings/rules/{rules}/",
)  # fmt: skip
CARE = (
    "/eldercare/elders/{resident}/", "/eldercare/elders/{neighbour}/assess/", "/eldercare/assess/{assessment}/",
    "/eldercare/assess/{assessment}/end/", "/eldercare/{assessing}/survey/",
    "/eldercare/{assessing}/assess/",
)  # fmt: skip
STREET = (
    "/eldercare/{accepting}/accept/pass/", "/eldercare/{accepting}/accept/1/waive/", "/eldercare/days/", "/eldercare/days/{day}/", "/eldercare/recall/?maker=x", "/dashboard/?screen=1", "/settings/offline/", "/settings/dossier/", "/settings/categories/new/", "/settings/categories/{category}/", "/settings/rules/change/{rule}/",
    "/settings/rules/{rules}/import/", "/settings/adaptations/programmes/new/", "/settings/adaptations/programmes/{programme}/",
    "/settings/adaptations/lists/import/", "/safety/campaigns/new/", "/safety/campaigns/{campaign}/change/",
)  # fmt: skip
# Where somebody else is, or nobody in particular.
BESIDE = ("/style/", "/offline/", "/demo/outbox/", "/book/confirm/{held}/")
NOT_OPENED = {
    "no page: a file, a script, an answer for machines": {
        "attachment", "booking_calendar", "my_booking_calendar", "my_calendar", "community_calendar", "service_worker",
        "hardship_proof", "healthz", "mfa_download_recovery_codes",
    },
    "a part of a page that is opened": {"intake_people", "intake_route"},
    "needs a state of its own: opened by tests/eldercare/test_pages.py": {
        "public_notice", "adaptation_plan", "adaptation_plan_line",
    },
    "the contractor's: opened by tests/eldercare/test_works.py": {"work_photo", "work_product"},
    "sockets and boxes: opened by tests/charging/test_port_looks.py": {
        "add_point", "charge_point", "charge_port", "charge_ports", "charging_map", "charging_near", "charging_operator",
        "port_fault", "port_fault_step", "port_faults", "patrol_sheet", "port_labels", "record_patrol",
    },
    "wires, places and rounds: opened by tests/charging/test_site_looks.py": {
        "acceptance_part", "ask_utility", "charge_site", "charge_site_step", "charge_sites", "charging_desk", "chase_utility",
        "change_round", "count_estate", "measure_site", "measurements", "my_wire", "new_round", "plan_site", "planned_site",
        "planned_sites", "propose_site", "resident_wires", "round", "rounds", "sign_site", "utility_answer", "waive_rule", "wire",
        "wire_slip", "wire_step", "wires",
    },
    "equipment and rounds: opened by tests/safety/test_equipment_looks.py": {
        "add_equipment", "edit_equipment", "end_round", "equipment", "equipment_labels", "equipment_list", "import_equipment",
        "inspection_lists", "inspection_round", "inspection_rounds", "new_inspection_round", "publish_inspection_list", "round_report",
        "scan_equipment",
    },
    "leads on to the page of a piece": {"equipment_of_due"},
    "hazards: opened by tests/safety/test_hazard_looks.py": {
        "hazard", "hazard_notice", "hazard_slip", "hazard_step", "hazards", "hazards_desk", "my_hazard", "new_hazard",
        "resident_hazards",
    },
    "a part of a page, or a file": {"hazard_notice_word", "hazards_alike"},
    "the property company's: opened by tests/safety/test_property.py": {"property_desk"},
    "leads on to a page that is opened": {"account_inactive", "link_my_file"},
    "asks for the password first, on a page that is opened": {
        "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_list_webauthn", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    },
    "needs a sign-in with a second factor under way": {"mfa_authenticate", "mfa_login_webauthn"},
    "opened by its other name": {"sign_in", "staff_sign_in"},
}  # fmt: skip


def test_every_page_is_opened_here_or_says_why_not() -> None:
    paths = (*PUBLIC, *RESIDENT, *DESK, *OFFICER, *MANAGER, *STREET, *CARE, *BESIDE, CODE)
    opened = set()
    for path in paths:
        with suppress(Resolver404):  # /nowhere/
            opened.add(resolve(re.sub(r"{\w+}", "1", path.split("?")[0])).url_name)
    shown = {
        name
        for name, pattern in addresses()
        if "ok" in POLICY[name].get.values() and not hasattr(pattern.callback, "cls")
    }
    excused = set().union(*NOT_OPENED.values())
    assert shown - opened - excused == set(), "axe does not see these"
    assert excused - (shown - opened) == set(), "these are opened or gone: strike them"


def reported(cast: Any) -> WarrantyTicket:
    """Of a home that was adapted and is lived in: the bed broke."""
    mended, _man = make_lived_with(cast, until=clock.today() + dt.timedelta(days=365))
    bed = products_of(mended).get(line__item__code="bed")
    ticket = report_fault(mended, product=bed, words="床头升不起来", by=cast.reception, at=clock.now())
    Adaptation.objects.filter(pk=mended.pk).update(state="closed", closed_at=clock.now())
    return ticket


def deliberated(cast: Any, now: dt.datetime) -> dict[str, Any]:
    """A meeting that was held, a vote that somebody may vote in by a link, one that is drawn up, an objection."""
    topic = topic_alone(cast.home, title="充电棚", by=cast.manager, at=now)
    meeting = call(cast, topic=topic, starts_at=now, at=now)
    hold_meeting(meeting, came={meeting.parties.first().pk: 8}, by=cast.manager, at=now)
    minutes = write_minutes(meeting, words="大家说好了。", by=cast.manager, at=now, publish=True)
    due = clock.local(now).date()
    decide(meeting, words="量一量", due_on=due, owner=cast.manager, by=cast.manager, at=now)
    times = {"topic": topic, "opens_at": now, "closes_at": now + dt.timedelta(days=9), "at": now}
    vote = make_vote(cast, 3, explanation="装在东边，居民不出钱。", **times)
    make_link(vote.roll.first(), by=cast.manager, at=now)
    BallotLink.objects.update(token_hash=ballot_hash_of(TOKEN))
    objection = take_objection(topic, words="太吵了", channel="phone", due_on=due, by=cast.manager, at=now)
    asked = [{"code": "q1", "text": "装在哪里", "choices": ["东边", "西边"]}]
    said = {"title": "装在哪里", "questions": asked, "base_count": 30, "base_how": "在册住户"}
    survey = open_survey(topic, opens_on=due, closes_on=due, by=cast.manager, at=now, **said)
    take_opinion(topic, about="噪声", words="晚上太吵", channel="door", by=cast.manager, at=now)
    return {
        "minutes": minutes.pk, "survey": survey.pk, "survey_token": token_of(survey), "meeting": meeting.pk, "vote": vote.pk, "draft": draft(cast, **times).pk, "objection": objection.pk,
    }  # fmt: skip


@pytest.fixture
def scene(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    cast = make_cast()
    now = clock.now()
    taken = register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了，晚上看不见台阶。",
        resident=cast.elder,
        by=cast.reception,
        at=now,
    )
    add_words(taken, words="三楼的", by=cast.elder_account, at=now)
    free = free_times(cast.officer, cast.elder, at=now)
    visits.plan_visit(taken, starts_at=free[-1], words="请准备好病历", by=cast.officer, at=now)
    make_category(code="certificate", name="证明", name_en="Certificates")
    service = make_service(code="allowance")
    make_opening(community=cast.home, service=service)
    starts = clock.at_wall(clock.today() + dt.timedelta(days=3), dt.time(12))
    session = make_session(community=cast.home, service=service, starts_at=starts)
    made = book(
        session=session, resident=cast.elder, note="上次少了一样材料，请帮我看看齐不齐", by=cast.reception, at=now
    )
    Booking.objects.filter(pk=made.pk).update(link_hash=link_hash_of(TOKEN))
    activity = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="读书会", starts_at=starts)
    import_calendar(at=now, years=[2026])
    other = make_resident(community=cast.home, name="陈平", born_on=dt.date(1960, 1, 1))
    Resident.objects.filter(pk=cast.elder.pk).update(care_tags=["lives_alone"])
    own = make_service(community=cast.home)
    held = hold_session(session=activity, hold_token=TOKEN, by=cast.elder_account, at=now)
    put_turns(EBIKE, [subject(cast.elder.pk, cast.home.pk)], on=clock.today(), at=now)
    limit = Draft("bikes", "每组停车", "一组最多 20 辆", "bikes", "<=", 20)
    rules = publish(
        "sites", [limit], street=cast.street, title="选址", source="通知", valid_from=clock.today(), by=None, at=now
    )
    monkeypatch.setitem(DUTIES, EBIKE.name, EBIKE)
    catalogue = make_catalogue(street=cast.street)
    programme = make_programme(cast, catalogue=catalogue, papers=["身份证复印件"])
    ticket = reported(cast)
    adaptation = apply_for(cast.elder, by=cast.reception, at=now)
    plan = adaptation.plans.create(version=1, made_at=now, proposed_at=now, total=350, subsidy=300, self_pay=50)
    plan.lines.create(
        number=1, item=catalogue.items.first(), why="站起来要扶", quantity=1, price=350, funded=300, family=50
    )
    people = replace(
        cast, elder=make_resident(household=make_household(building=cast.building, room="601"), name="吴芳")
    )
    accepting, visit = make_accepting(people)
    decide_all(visit, cast.street_officer, fail=(1,))
    member = visit.members.create(body="community", name="周文彬")
    ProductRecord.objects.update(loan="out")
    day = AcceptanceDay.objects.create(street=cast.street, on=clock.today())
    AcceptanceVisit.objects.update(day=day)
    cast.coordinator = make_coordinator(cast)  # type: ignore[attr-defined]
    assessed = make_resident(household=make_household(building=cast.building, room="701"), name="周兰")
    home = {"resident": assessed, "household": assessed.household}
    matter = make_adaptation(cast, AdaptationState.ASSESSING, **home)
    make_elder(cast)
    neighbour = make_resident(household=cast.household)
    make_elder(cast, resident=neighbour)
    add_finding(matter, room="bathroom", hazard="slippery", by=cast.officer, at=now)
    draft = open_assessment(assessed, adaptation=matter, by=cast.coordinator, at=now)  # type: ignore[attr-defined]
    answer_items(draft, answers_worth(60), by=cast.coordinator, at=now)  # type: ignore[attr-defined]
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    retrofit = make_running(make_site(cast, username="fire"))
    cast.values = make_shown(cast) | make_shown_campaign(cast) | {  # type: ignore[attr-defined]
        "accepting": accepting.case.number, "retrofit": retrofit.case.number, "member": member.pk, "day": day.pk, "lent": ProductRecord.objects.first().pk,
        "adaptation": adaptation.case.number, "list": catalogue.pk, "programme": programme.pk,
        "mended": ticket.adaptation.case.number, "ticket": ticket.case.number, "assessing": matter.case.number, "assessment": draft.pk, "neighbour": neighbour.pk,
        "due": DueItem.objects.get(kind=EBIKE.name).pk, "rules": rules.code, "rule": rules.rules.get().pk,
        "resident": cast.elder.pk, "booking": made.pk, "other": other.pk, "activity": activity.pk, "held": held.pk,
        "opening": make_opening(community=cast.home, service=own).pk, "service": own.pk, "clerk": cast.reception.pk,
        "category": make_category(street=cast.street).pk,
        **deliberated(cast, now),
        "estate": cast.building.estate_id, "building": cast.building.pk,
        "room": Room.objects.create(community=cast.home, name="议事厅", capacity=20).pk,
    }  # fmt: skip
    return cast


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("who", ["public", "resident"])
def test_elder_mode_holds_on_the_narrowest_phone(
    who: str, language: str, scene: Any, browse: Callable[..., Any]
) -> None:
    user, paths = {"public": (None, PUBLIC), "resident": (scene.elder_account, RESIDENT)}[who]
    User.objects.update(language=language)
    page = narrow_page(browse, user, language=language, elder=True)
    trouble = what_hurts_the_old(page, [path.format(**scene.values) for path in paths])
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("who", ["public", "resident", "beside", "desk", "officer", "manager", "street", "care"])
def test_axe_finds_nothing(who: str, elder: bool, scene: Any, browse: Callable[..., Any]) -> None:
    user, paths, width = {
        "public": (None, PUBLIC, 390),
        "resident": (scene.elder_account, RESIDENT, 390),
        "beside": (scene.elder_account, BESIDE, 390),
        "desk": (scene.reception, DESK, 1440),
        "officer": (scene.officer, OFFICER, 390),
        "manager": (scene.manager, MANAGER, 1440),
        "street": (scene.street_officer, STREET, 1440),
        "care": (scene.coordinator, CARE, 390),
    }[who]
    window = browse(user, width=width, elder=elder, bypass_csp=True)
    page = window.new_page()
    trouble = []
    for path in paths:
        answer = page.goto(path.format(**scene.values))
        assert answer.status < 500 and (answer.status != 404 or path == "/nowhere/"), path
        trouble += what_is_wrong_with(page, path)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
def test_axe_finds_nothing_where_the_code_is_typed(
    elder: bool, scene: Any, browse: Callable[..., Any], fresh_limits: None
) -> None:
    page = browse(None, elder=elder, bypass_csp=True).new_page()
    page.goto("/sign-in/")
    page.get_by_label("手机号").fill("13800002046")
    page.get_by_role("button", name="发验证码").click()
    page.wait_for_url(f"**{CODE}*")
    assert what_is_wrong_with(page, CODE) == []


def what_is_wrong_with(page: Any, path: str) -> list[str]:
    if page.locator("[hx-trigger=load]").count():  # parts that come after the page
        page.wait_for_load_state("networkidle")
    page.evaluate(AXE)
    folded = "details:not([open]) > :not(summary)"  # nobody sees it; axe guesses its colours
    found = page.evaluate(f"axe.run({{exclude: ['{folded}']}}, {{resultTypes: ['violations']}})")["violations"]
    trouble = [f"{path}: {issue['id']}: {issue['nodes'][0]['html'][:160]}" for issue in found]
    trouble += [f"{path}: {found}" for found in page.evaluate(UNEVEN)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        trouble.append(f"{path}: scrolls sideways")
    return trouble


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("who", ["public", "resident"])
def test_nothing_jumps_while_a_resident_page_loads(
    who: str, elder: bool, scene: Any, browse: Callable[..., Any]
) -> None:
    user, paths = {"public": (None, PUBLIC), "resident": (scene.elder_account, (*RESIDENT, *BESIDE[-1:]))}[who]
    page = browse(user, width=390, elder=elder).new_page()
    moved = {}
    for path in paths:
        if path == "/staff/sign-in/":
            continue
        page.goto(path.format(**scene.values), wait_until="load")
        if shifts := page.evaluate(SHIFTS):
            moved[path] = shifts
    assert moved == {}


def test_the_voice_that_comes_with_the_script_moves_nothing(scene: Any, browse: Callable[..., Any]) -> None:
    """However late it comes: the page stands the same before."""
    page = browse(None, width=390, elder=True).new_page()
    where = "document.querySelector('footer').getBoundingClientRect().top"
    tops = []
    for scripts in (True, False):
        if not scripts:
            page.route("**/*.js", lambda route: route.abort())
        page.goto("/nowhere/", wait_until="load")
        assert page.locator("[data-read-aloud]").is_visible() is scripts
        tops.append(page.evaluate(where))
    assert tops[0] == tops[1]


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("who", ["reception", "officer", "manager"])
def test_staff_pages_fit_the_narrowest_phone_in_the_longer_language(
    who: str, elder: bool, scene: Any, browse: Callable[..., Any]
) -> None:
    paths = {"reception": DESK, "officer": OFFICER, "manager": MANAGER}[who]
    User.objects.update(language="en")
    Resident.objects.filter(pk=scene.elder.pk).update(id_number=number_for(), born_on=dt.date(1937, 4, 22))
    page = narrow_page(browse, getattr(scene, who), language="en", elder=elder)
    assert what_does_not_fit(page, [path.format(**scene.values) for path in paths]) == []
