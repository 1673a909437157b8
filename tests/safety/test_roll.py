"""Criterion 46: the roll is read aloud, one tap each, with a network or without; criteria 43 and 51: nobody is counted twice, and
whoever was called in is in the attendance."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import BrowserContext, Page, expect

from community_portal import clock
from community_portal.bookings.actions import walk_in
from community_portal.bookings.door import tally_of
from community_portal.bookings.models import Booking, BookingEvent
from community_portal.people.models import CareTag
from community_portal.places.models import Street
from community_portal.refusals import Changed, NotAllowed
from safety.actions.helping import ask_for_help, assign_helper
from safety.actions.roll import call_in
from safety.actions.sign_up import sign_up, sign_up_group
from safety.models import Drill, DrillMark
from safety.queries.roll import roll_of
from tests.cast import MONDAY, Cast, make_cast
from tests.factories import make_resident, make_session
from tests.race import all_at_once
from tests.safety.drilling import (
    Party,
    check_all,
    help_row,
    make_frail,
    make_notified,
    make_party,
    make_ready,
    press,
    take,
)

Browse = Callable[..., BrowserContext]
SPOKEN = (
    "Object.defineProperty(window, 'speechSynthesis', {value: {cancel() {}, speak(one) { window.heard(one.text); }}});"
    "window.SpeechSynthesisUtterance = function (text) { this.text = text; };"
)


def make_called(party: Party, *, people: int = 2) -> tuple[Drill, list[Booking]]:
    """A drill of today with so many who signed up, each for two."""
    drill = make_ready(party, starts_at=clock.now())
    households = [make_resident(household=party.cast.household, name=f"报名的{n}") for n in range(people)]
    return drill, [sign_up(drill, one, party_size=2, by=party.safety, at=MONDAY) for one in households]


def fresh(drill: Drill) -> Drill:
    return Drill.objects.select_related("case", "session").get(pk=drill.pk)


@pytest.mark.django_db
def test_whoever_came_without_signing_up_is_on_no_roll(cast: Cast) -> None:
    party = make_party(cast)
    drill, (first, _second) = make_called(party)
    call_in(drill, first, by=party.safety, at=clock.now())
    walk_in(session=fresh(drill).session, count=7, by=party.safety, at=clock.now())  # type: ignore[arg-type]
    assert roll_of(fresh(drill))[1:] == (2, 4)


@pytest.mark.django_db
def test_who_runs_the_drill_counts_at_its_door(cast: Cast, client: Client) -> None:
    """Walk-ins and the real number of a company, by those who may not open the pages of the desk."""
    party = make_party(cast)
    drill, _booked = make_called(party)
    company = sign_up_group(drill, group="南通织造厂", phone="", heads=12, by=party.safety, at=MONDAY)
    client.force_login(party.safety)
    door = f"/desk/check-in/?session={drill.session_id}"
    assert door in client.get(f"/safety/drills/{drill.case.number}/people/").content.decode()
    page = client.get(door).content.decode()
    assert 'name="count"' in page and "/desk/activities/" not in page
    there = {"session": drill.session_id}
    assert client.post("/desk/check-in/", there | {"count": 7, "name": "路过的"}).status_code == 303
    assert client.post("/desk/check-in/", there | {"booking": company.pk, "came": 9}).status_code == 303
    wrong = client.post("/desk/check-in/", there | {"count": 400, "name": "一所学校"})
    assert wrong.status_code == 422 and "一所学校" in wrong.content.decode() and 'value="400"' in wrong.content.decode()
    assert client.post("/desk/check-in/", there | {"count": "-4"}).status_code == 422
    tally = tally_of(fresh(drill).session)  # type: ignore[arg-type]
    assert (tally.here, tally.walk_ins) == (16, 7)
    elsewhere = make_session(community=cast.next_door, kind="activity", starts_at=clock.now())
    assert client.post("/desk/check-in/", {"session": elsewhere.pk, "count": 1}).status_code == 404


@pytest.mark.django_db
def test_criterion_51_one_tap_fills_the_attendance(cast: Cast) -> None:
    party = make_party(cast)
    drill, (first, second) = make_called(party)
    assert roll_of(fresh(drill))[1:] == (0, 4)
    call_in(fresh(drill), first, by=party.safety, at=clock.now())
    roll = roll_of(fresh(drill))
    assert (roll.here, roll.of, [row.pk for row in roll.waits]) == (2, 4, [second.pk])
    assert Booking.objects.get(pk=first.pk).state == "arrived"


@pytest.mark.django_db
def test_whoever_has_no_part_calls_nobody_in_and_who_cancelled_is_not_called(cast: Cast) -> None:
    party = make_party(cast)
    drill, (first, second) = make_called(party)
    with pytest.raises(NotAllowed):
        call_in(fresh(drill), first, by=cast.stranger, at=clock.now())
    Booking.objects.filter(pk=second.pk).update(state="cancelled", cancelled_at=clock.now())
    with pytest.raises(Changed):
        call_in(fresh(drill), Booking.objects.get(pk=second.pk), by=party.safety, at=clock.now())
    Drill.objects.filter(pk=drill.pk).update(state="notified")
    with pytest.raises(Changed):
        call_in(fresh(drill), first, by=party.safety, at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_criterion_43_two_phones_call_one_name_once() -> None:
    party = make_party(make_cast())
    drill, (first, _second) = make_called(party)
    deeds = [
        partial(call_in, fresh(drill), Booking.objects.get(pk=first.pk), by=person, at=clock.now())
        for person in (party.safety, party.deputy) * 2
    ]
    said = all_at_once(deeds)
    assert not [one for one in said if isinstance(one, Exception)]
    assert BookingEvent.objects.filter(booking=first, kind="check_in").count() == 1


@pytest.mark.django_db
def test_names_of_whom_to_find_are_for_those_who_lead(cast: Cast, client: Client) -> None:
    party = make_party(cast)
    drill, _bookings = make_called(party)
    ask_row = ask_for_help(drill, make_frail(party), by=party.safety, at=MONDAY)
    assert ask_row.pk
    press(drill, "alarm", by=party.safety, at=clock.now())
    for person, sees in ((party.safety, True), (party.judge, False)):
        client.force_login(person)
        page = client.get(f"/safety/drills/{drill.case.number}/roll/").content.decode()
        assert ("沈玉英" in page) is sees and "报名的0" in page
    client.force_login(party.safety)
    called = f"/safety/drills/{drill.case.number}/roll/called/"
    assert client.post(called, {"booking": "x"}).status_code == 422
    for _again in range(2):
        answer = client.post(called, {"booking": Booking.objects.order_by("pk")[0].pk})
        assert answer.status_code == 303


@pytest.mark.django_db
def test_the_roll_asks_as_much_with_thirty_as_with_one(cast: Cast, client: Client) -> None:
    party = make_party(cast)
    drill, _bookings = make_called(party, people=1)
    client.force_login(party.safety)

    def asked() -> int:
        client.get(f"/safety/drills/{drill.case.number}/roll/")
        with CaptureQueriesContext(connection) as found:
            client.get(f"/safety/drills/{drill.case.number}/roll/")
        return len(found)

    few = asked()
    for n in range(30):
        person = make_resident(household=cast.household, name=f"后来的{n}")
        sign_up(fresh(drill), person, by=party.safety, at=MONDAY)
    assert asked() == few


# ---- in a browser ------------------------------------------------------------------------------------------------------
def open_roll(context: BrowserContext, drill: Drill, said: list[str]) -> Page:
    page = context.new_page()
    page.expose_function("heard", lambda words: said.append(words))
    page.add_init_script(SPOKEN)
    page.goto(f"/safety/drills/{drill.case.number}/roll/")
    return page


def heard(page: Page, said: list[str], n: int) -> None:
    """Until so much was said."""
    for _tenth in range(100):
        if len(said) >= n:
            return
        page.wait_for_timeout(100)


@pytest.fixture
def scene(db: None) -> Party:
    cast = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    return make_party(cast)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_criterion_46_the_roll_is_read_aloud_one_tap_each_without_a_network(scene: Party, browse: Browse) -> None:
    drill = make_notified(scene, starts_at=clock.now())
    frail = make_frail(scene, "沈玉英", "302", CareTag.IMMOBILE)
    ask_for_help(drill, frail, by=scene.safety, at=MONDAY)
    assign_helper(help_row(drill, frail), name="曹建军", phone="13800001234", by=scene.safety, at=MONDAY)
    booking = sign_up(drill, scene.cast.elder, party_size=2, by=scene.safety, at=MONDAY)
    check_all(drill, scene)
    take(drill, "make_ready", by=scene.safety, at=MONDAY)
    press(drill, "alarm", by=scene.safety, at=clock.now())
    said: list[str] = []
    context = browse(scene.safety)
    page = open_roll(context, drill, said)
    page.get_by_role("button", name="一个一个念给我听").click()
    expect(page.locator("[data-roll-say]")).to_have_attribute("aria-pressed", "true")
    context.set_offline(True)
    wanted = ["沈玉英", "3 层", "2 层", "1 层", "陈平"]
    for n, words in enumerate([*wanted, "都点到了。"], 1):
        heard(page, said, n)
        assert words in said[-1], said
        if n <= len(wanted):
            page.locator(":focus").click()  # one tap, on what was just said
    expect(page.locator("[data-kept-send]")).to_contain_text("还有 5 条没发出")
    context.set_offline(False)
    expect(page.locator("[data-kept-send]")).to_be_hidden(timeout=20_000)
    assert DrillMark.objects.filter(is_live=True, was_offline=True).count() == 4
    assert Booking.objects.get(pk=booking.pk).state == "arrived"


def laid(page: Page) -> None:
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("Boolean(navigator.serviceWorker.controller)")
    page.wait_for_function(
        "caches.open('day').then((shelf) => shelf.keys()).then((keys) => keys.some((one) => one.url === location.href) && keys.length > 3)"
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_day_opens_again_without_a_network(scene: Party, browse: Browse) -> None:
    """What was pressed shows as pressed, the clock goes on, and two head counts are two."""
    drill = make_ready(scene)
    context = browse(scene.safety)
    page = context.new_page()
    page.goto(f"/safety/drills/{drill.case.number}/day/")
    page.locator("[data-mark='alarm'] button").click()
    expect(page.locator(".drill-clock")).to_be_visible()
    laid(page)
    context.set_offline(True)
    page.locator("[data-mark='call_119'] button").click()
    expect(page.locator("[data-mark='call_119'] .mark-waits")).to_be_visible()
    for present in ("18", "20"):
        page.reload()
        expect(page.locator("[data-mark='call_119'] .mark-waits")).to_be_visible()
        expect(page.locator("[data-mark='alarm']")).to_have_class("mark-row mark-done")
        page.wait_for_function("document.querySelector('[data-minutes]').textContent === '0'")
        page.locator(".spot summary").click()
        page.locator(".spot input[name=present]").fill(present)
        page.locator(".spot form button").click()
        expect(page.locator("[data-kept-send]")).to_contain_text(f"还有 {2 if present == '18' else 3} 条没发出")
    context.set_offline(False)
    expect(page.locator("[data-kept-send]")).to_be_hidden(timeout=20_000)
    assert list(drill.points.get().counts.order_by("at").values_list("present", flat=True)) == [18, 20]
    assert drill.marks.filter(kind="call_119").count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_shelf_goes_with_whoever_signs_out_and_with_the_day(scene: Party, browse: Browse) -> None:
    drill = make_ready(scene)
    context = browse(scene.safety)
    page = context.new_page()
    address = f"/safety/drills/{drill.case.number}/day/"
    page.goto(address)
    laid(page)
    shelf = f"caches.open('day').then((shelf) => shelf.match('{address}')).then(Boolean)"
    assert page.evaluate(shelf)
    page.evaluate(
        """async (address) => {
          const shelf = await caches.open('day'), page = await shelf.match(address), text = await page.text();
          await shelf.put(address, new Response(text, {headers: {"Content-Type": "text/html", "X-Laid-On": "Mon Jan 01 2024"}}));
        }""",
        address,
    )
    context.set_offline(True)
    page.goto(address)
    expect(page.locator("body")).to_contain_text("没有网络")  # yesterday's is not shown
    context.set_offline(False)
    page.goto(address)
    page.wait_for_function(shelf)
    page.goto("/staff/sign-in/")
    page.wait_for_function(f"{shelf}.then((there) => !there)")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_street_that_lets_nothing_wait_has_nothing_on_the_shelf(scene: Party, browse: Browse) -> None:
    Street.objects.update(keeps_forms=False)
    drill = make_ready(scene)
    page = browse(scene.safety).new_page()
    page.goto(f"/safety/drills/{drill.case.number}/day/")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_timeout(5000)  # it looked again once
    assert not page.evaluate("caches.has('day')")
