"""What users of comparable systems found missing, by the number of the criterion. Also: 42, 43 in test_phones.py and test_marks.py, 43, 46,
51 in test_roll.py, 44 in tests/appointments/test_step_pages.py (this half signs nothing)."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from community_portal import clock
from community_portal.bookings.actions import cancel_booking, wait_for_place
from community_portal.bookings.models import Booking, Session
from community_portal.dues.models import DueItem
from community_portal.dues.notices import remind_of_dues
from community_portal.outbox.models import Message
from community_portal.refusals import Refusal
from community_portal.rules.actions import load_rulebook
from safety.actions import plans
from safety.actions.campaigns import confirm, correct, hold, move
from safety.actions.helping import ask_for_help, assign_helper
from safety.actions.premises import save_premises
from safety.actions.sign_up import sign_up
from safety.duties import rules_on, term_of
from safety.models import CampaignSession
from safety.notices import while_at_that_time, while_they_help
from tests.cast import MONDAY, Cast
from tests.factories import make_resident
from tests.safety.campaigning import COUNTS, make_premises, make_safety, make_session_of
from tests.safety.drilling import help_row, make_frail, make_notified, make_party

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_criterion_26_periods_by_kind_are_data_with_a_clause_and_make_the_schedule(cast: Cast) -> None:
    load_rulebook(at=clock.now())
    rules = rules_on(clock.today())(cast.home.street_id)
    found = {}
    for kind, height in (("homes", 54), ("company", 9), ("kindergarten", 9), ("site", 3)):
        premises = save_premises(
            make_premises(cast, kind=kind, name=kind, height_m=height), by=cast.manager, at=clock.now()
        )
        term = term_of(premises, "fire_check", rules=rules)
        found[kind] = term.months if term else None
        assert all(DueItem.objects.filter(subject_ref=premises.ref).values_list("clause", flat=True))
    assert found == {"homes": 1, "company": 1, "kindergarten": 3, "site": None}


def test_criterion_27_nothing_due_says_nothing_and_each_line_opens_its_deed(cast: Cast, signed_in: Any) -> None:
    load_rulebook(at=clock.now())
    safety = make_safety(cast)
    save_premises(make_premises(cast), by=safety, at=clock.now())
    DueItem.objects.update(due_on=clock.today() + 100 * DAY)
    remind_of_dues(at=clock.now())
    assert not Message.objects.filter(kind__startswith="dues", user=safety).exists()
    DueItem.objects.filter(kind="safety_fire_check").update(due_on=clock.today())
    remind_of_dues(at=clock.now())
    assert Message.objects.filter(kind__startswith="dues", user=safety).exists()
    client = signed_in(safety)
    lines = re.findall(
        r'class="btn btn-[a-z]+" href="([^"]+)"\s+aria-label', client.get("/safety/desk/").content.decode()
    )
    assert lines
    for line in lines:
        page = client.get(line)
        assert page.status_code == 200 and "<form" in page.content.decode(), line


def test_criterion_42_the_queue_is_the_pages_own_and_no_background_sync() -> None:
    """Background sync never fires on some phones: pages send again when they open, when the network is back and each minute."""
    root = Path(settings.BASE_DIR)
    scripts = [*(root / "static/js").glob("*.js"), root / "templates/sw.js"]
    code = {path.name: path.read_text("utf-8") for path in scripts}
    assert not [name for name, text in code.items() if "registration.sync" in text or '"sync"' in text]
    for when in ('addEventListener("online", replay)', "visibilitychange", "setInterval", 'addEventListener("load"'):
        assert when in code["offline.js"], when


def test_criterion_45_the_code_of_the_poster_is_a_plain_link_with_its_address_in_words(
    cast: Cast, signed_in: Any
) -> None:
    party = make_party(cast)
    drill = make_notified(party)
    page = signed_in(party.safety).get(f"/safety/drills/{drill.case.number}/poster/").content.decode()
    assert "<svg" in page and f"/safety/drills/{drill.case.number}/join/" in page
    assert "data-scan" not in page


def test_criterion_48_a_message_is_looked_at_again_when_it_is_sent_and_is_of_one_date(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_notified(party)
    ask_for_help(drill, make_frail(party), by=party.safety, at=MONDAY)
    row = help_row(drill, drill.helpers.get().resident)
    for name in ("曹建军", "陆小琴"):
        assign_helper(row, name=name, phone="13800001234", by=party.safety, at=MONDAY)
    first, second = Message.objects.filter(kind="drill_helper").order_by("pk")
    assert while_they_help(first, MONDAY) and not while_they_help(second, MONDAY)
    plans.cancel(drill, words="不办了", by=party.safety, at=MONDAY)
    assert while_they_help(second, MONDAY)
    safety = make_safety(cast)
    session = make_session_of(cast, safety)
    confirm(session, by=safety, at=clock.now(), words="周园长")
    told = Message.objects.get(kind="session_ahead")
    assert not while_at_that_time(told, clock.now())
    starts = session.starts_at + DAY
    moved = CampaignSession.objects.select_related("case", "campaign", "community__street").get(pk=session.pk)
    move(moved, starts_at=starts, ends_at=starts + DAY / 24, by=safety, at=clock.now())
    assert while_at_that_time(told, clock.now())
    moved.refresh_from_db()
    confirm(moved, by=safety, at=clock.now(), words="周园长")
    said = [while_at_that_time(one, clock.now()) for one in Message.objects.filter(kind="session_ahead").order_by("pk")]
    assert [bool(one) for one in said] == [True, False]


def test_criterion_49_consents_say_who_wrote_them_down_and_what_stood_there_before(cast: Cast) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety)
    confirm(session, by=safety, at=clock.now(), words="周园长")
    hold(session, by=safety, at=session.ends_at, **COUNTS)
    held = CampaignSession.objects.select_related("case", "campaign", "community__street").get(pk=session.pk)
    correct(held, by=cast.manager, at=session.ends_at, **COUNTS | {"consents": 96})
    lines = {one.kind: one for one in session.case.events.all()}
    assert lines["hold"].actor_id == safety.pk
    assert (lines["correct"].actor_id, lines["correct"].detail["before"]) == (cast.manager.pk, {"consents": 90})


def test_criterion_51_who_waits_is_given_the_place_in_the_deed_that_frees_it(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_notified(party)
    Session.objects.filter(pk=drill.session_id).update(capacity=2)
    drill.session.refresh_from_db()
    first = sign_up(drill, cast.elder, party_size=2, by=party.safety, at=MONDAY)
    late = make_resident(household=cast.household, name="后来的", phone="+8613811112222")
    with pytest.raises(Refusal):
        sign_up(drill, late, party_size=2, by=party.safety, at=MONDAY)
    waiting = wait_for_place(session=drill.session, resident=late, party_size=2, by=party.safety, at=MONDAY)
    cancel_booking(booking=first, reason="no_time", by=party.safety, at=MONDAY)
    waiting.refresh_from_db()
    given = Booking.objects.get(resident=late, state="booked")
    assert (given.session_id, waiting.booking_id, given.party_size) == (drill.session_id, given.pk, 2)
