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
from community_portal.dues.actions import put_turns
from community_portal.dues.kinds import KINDS as DUTIES
from community_portal.dues.models import DueItem
from community_portal.matters.actions import visits
from community_portal.matters.actions.words import add_words
from community_portal.people.links import link_hash_of
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
from tests.look.test_comfort import TARGETS, WORDS
from tests.people.id_numbers import number_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = next(Path(str(resources.files("axe_core_python"))).glob("*.min.js")).read_text()
LINKS = """() => [...document.querySelectorAll("a:not(.skip-link)")]
  .filter((at) => { const box = at.getBoundingClientRect(); return box.width && box.height < 59.5; })
  .map((at) => `${at.getBoundingClientRect().height} ${at.outerHTML.slice(0, 120)}`)"""
TORN = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), torn = [], range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent, at = walk.currentNode.parentElement;
    if (text.includes("://") || at.closest("code, script, .visually-hidden")) continue;
    for (const word of text.matchAll(/[A-Za-z]{3,}/g)) {
      range.setStart(walk.currentNode, word.index);
      range.setEnd(walk.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) torn.push(`torn: ${word[0]} in ${text.trim()}`);
    }
  }
  return torn;
}"""
# What is cut off at an edge cannot be pressed, and no page scrolls to it.
CUT_OFF = """() => [...document.querySelectorAll("main :is(a, button, summary, input, select)")].filter((at) => {
  const box = at.getBoundingClientRect(), frame = at.closest(".table-scroll, main").getBoundingClientRect();
  return box.width > 1 && at.checkVisibility() && box.left < frame.left - 7;
}).map((at) => `cut off: ${at.outerHTML.slice(0, 120)}`)"""
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
)
DESK = (
    "/desk/", "/desk/intake/", "/desk/intake/?resident={resident}", "/desk/visits/", "/desk/visits/{booking}/",
    "/desk/book/", "/desk/book/?move={booking}", "/desk/activities/", "/desk/activities/new/", "/desk/activities/{activity}/?q=陈平",
    "/desk/activities/{activity}/change/", "/inbox/", "/residents/", "/residents/new/",
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
MANAGER = (
    "/dashboard/", "/dashboard/rows/help_requests_received/?period=all", "/settings/", "/settings/openings/",
    "/settings/openings/new/", "/settings/services/", "/settings/categories/", "/settings/closures/", "/settings/staff/",
    "/settings/services/new/", "/settings/calendar/?year=2026", "/settings/hall/", "/settings/rooms/new/",
    "/settings/openings/{opening}/", "/settings/services/{service}/", "/settings/staff/{clerk}/hand-over/", "/settings/rooms/{room}/",
    "/eldercare/", "/eldercare/lent/", "/eldercare/{accepting}/accept/", "/eldercare/{accepting}/accept/1/",
    "/eldercare/{accepting}/accept/talk/?who=self", "/eldercare/{accepting}/accept/party/",
    "/eldercare/{accepting}/accept/party/{member}/", "/eldercare/{accepting}/follow-up/first/", "/eldercare/lent/{lent}/",
    "/works/{accepting}/", "/dossier/adaptation/{accepting}/", "/dossier/adaptation/{accepting}/brief/",
    "/settings/adaptations/", "/settings/adaptations/lists/{list}/",
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
    "/settings/adaptations/lists/import/",
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
    cast.values = {  # type: ignore[attr-defined]
        "accepting": accepting.case.number, "member": member.pk, "day": day.pk, "lent": ProductRecord.objects.first().pk,
        "adaptation": adaptation.case.number, "list": catalogue.pk, "programme": programme.pk,
        "mended": ticket.adaptation.case.number, "ticket": ticket.case.number, "assessing": matter.case.number, "assessment": draft.pk, "neighbour": neighbour.pk,
        "due": DueItem.objects.get().pk, "rules": rules.code, "rule": rules.rules.get().pk,
        "resident": cast.elder.pk, "booking": made.pk, "other": other.pk, "activity": activity.pk, "held": held.pk,
        "opening": make_opening(community=cast.home, service=own).pk, "service": own.pk, "clerk": cast.reception.pk,
        "category": make_category(street=cast.street).pk,
        "room": Room.objects.create(community=cast.home, name="议事厅", capacity=20).pk,
    }  # fmt: skip
    return cast


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("who", ["public", "resident"])
def test_elder_mode_holds_on_the_narrowest_phone(
    who: str, language: str, scene: Any, browse: Callable[..., Any]
) -> None:
    """320 px wide, everything unfolded: words of 20 px and whole, targets of 60 px, nothing beyond the edge."""
    user, paths = {"public": (None, PUBLIC), "resident": (scene.elder_account, RESIDENT)}[who]
    User.objects.update(language=language)
    window = browse(user, width=320, elder=True)
    page = window.new_page()
    page.goto("/")
    window.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    trouble = []
    for path in paths:
        page.goto(path.format(**scene.values))
        page.evaluate("document.querySelectorAll('details').forEach((at) => { at.open = true; })")
        trouble += [f"{path}: {found}" for found in [*page.evaluate(WORDS), *page.evaluate(TARGETS)]]
        trouble += [f"{path}: {found}" for found in [*page.evaluate(LINKS), *page.evaluate(TORN)]]
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            trouble.append(f"{path}: scrolls sideways")
        page.set_viewport_size({"width": 390, "height": 844})  # where two choices stand in a line, each has less room
        trouble += [f"{path}: {found}" for found in page.evaluate(TORN)]
        page.set_viewport_size({"width": 320, "height": 844})
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
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
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
    window = browse(getattr(scene, who), width=320, elder=elder)
    page = window.new_page()
    page.goto("/")
    window.add_cookies([{"name": "django_language", "value": "en", "url": page.url}])
    wide = []
    for path in paths:
        page.goto(path.format(**scene.values))
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide.append((path, width))
        wide += [(path, found) for found in page.evaluate(CUT_OFF)]
    assert wide == []
