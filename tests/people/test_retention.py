"""What is let go, what stays, and that a second sweep finds nothing."""

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection

from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Booking
from community_portal.bookings.queries import free_times
from community_portal.casework.queries import broken_link
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.matters.actions import visits
from community_portal.matters.actions.words import add_words
from community_portal.outbox.notices import queue_login_code
from community_portal.outbox.sweep import deliver_due
from community_portal.people import actions
from community_portal.people.models import Delegation, Resident, Submission, ToldApart, User
from community_portal.people.register.idnumber import hash_of
from community_portal.people.register.retention import NOBODY, RULES, count_old, sweep
from community_portal.people.tasks import sweep_retention
from tests.factories import make_category, make_resident, make_resident_account, make_session, make_user
from tests.people.id_numbers import number_for

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def old_and_new(cast):
    now = clock.now()
    for age in (0.5, 2):
        Submission.objects.create(scope="user:1", key=f"k{age}", fingerprint="f", at=now - age * DAY)
        Session.objects.create(session_key=f"s{age}", session_data="", expire_date=now + (1 - age) * DAY)
        unknown = make_user(phone=f"+86137000000{int(age * 10):02d}", username=f"unknown{age}")
        User.objects.filter(pk=unknown.pk).update(date_joined=now - age * DAY)
    agent = make_user(phone="+8613700000099", username="agent")
    User.objects.filter(pk=agent.pk).update(date_joined=now - 9 * DAY)
    Delegation.objects.create(
        principal=cast.elder,
        agent=agent,
        relation="女儿",
        scopes=["read"],
        proof="当面",
        starts_on=clock.today(),
        created_by=cast.reception,
        created_at=now,
    )
    for name, years in (("早已搬走", 4), ("刚刚搬走", 1)):
        make_resident(
            household=cast.household,
            name=name,
            id_number="320602195001010016",
            id_hash=name,
            note="备注",
            care_tags=["lives_alone"],
            moved_out_on=clock.today() - years * 365 * DAY,
        )
    left, stays = Resident.objects.filter(name__endswith="搬走").order_by("pk")
    ToldApart.objects.create(resident=stays, other=left, why="兄弟", by=cast.reception, at=now)
    return cast


def test_old_goes_new_stays(old_and_new):
    counts = sweep(at=clock.now())
    assert counts == {
        "submissions": 1, "sessions": 1, "unconfirmed": 1, "calendar_links": 0, "left": 1, "resident_history": 0, "contact_history": 0,
        "delegation_history": 0, "rolls": 0,
    }  # fmt: skip
    assert [row.key for row in Submission.objects.all()] == ["k0.5"]
    assert set(User.objects.filter(username__startswith="unknown").values_list("username", flat=True)) == {"unknown0.5"}
    assert User.objects.filter(username="agent").exists(), "a family's delegate waits for their turn"
    gone, kept = Resident.objects.get(name=NOBODY), Resident.objects.get(name="刚刚搬走")
    assert (gone.id_number, gone.id_hash, gone.note, gone.care_tags) == (None, "", "", [])
    assert kept.id_number and kept.note
    assert not ToldApart.objects.exists(), "what somebody was not tells who they were"


def test_twice_is_once(old_and_new):
    assert sweep_retention() == 4
    assert sweep_retention() == 0


def test_nobody_who_came_in_or_works_here_goes(cast):
    User.objects.update(date_joined=clock.now() - 400 * DAY)
    before = User.objects.count()
    sweep(at=clock.now())
    assert User.objects.count() == before


def test_a_dry_run_counts_and_changes_nothing(old_and_new, capsys):
    call_command("sweep_retention", "--dry-run")
    said = capsys.readouterr().out
    assert all(rule.name in said for rule in RULES)
    assert sum(count_old(at=clock.now()).values()) == 4
    assert Submission.objects.count() == 2


def test_more_than_a_batch(db):
    old = clock.now() - 2 * DAY
    Submission.objects.bulk_create(Submission(scope="s", key=str(i), fingerprint="f", at=old) for i in range(1001))
    assert sweep(at=clock.now())["submissions"] == 1001


def everything_stored() -> dict[str, str]:
    """Every row of every table as text: nothing can hide in a column that a test forgot."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {connection.ops.quote_name(table)} AS t"
            )
            found[table] = cursor.fetchone()[0]
    return found


def is_told(secret: str, *, text: str) -> bool:
    """Whether a text tells the secret. Four digits stand in the microseconds of some moment, in a hash or a random id
    sooner or later; a phone's ending follows a mark or a space."""
    if not secret.isdigit() or len(secret) > 4:
        return secret in text
    return re.search(rf"(?<![0-9a-f.-]){secret}(?![0-9a-f])", text) is not None


def test_the_ending_of_a_phone_is_told_apart_from_a_random_id():
    assert all(is_told("7777", text=told) for told in ("139****7777", "尾号 7777", '"7777"', "(7777)", "电话7777。"))
    chance = ("2026-11-30 09:12:44.777712", "9d3a7777-1c2e", "a1-7777-4b", "77770", "f7777e")
    assert not any(is_told("7777", text=text) for text in chance)


def test_who_left_long_ago_is_gone_from_search_history_export_attachments_and_messages(
    cast, signed_in, django_capture_on_commit_callbacks
):
    now = clock.now()
    elder = make_resident(
        household=cast.household, name="欧阳锋", phone="+8613955557777", note="爱下棋的老欧", id_number=number_for(),
        id_hash=hash_of(number_for()), care_tags=["lives_alone"],
    )  # fmt: skip
    account = make_resident_account(elder)
    queue_login_code(user=account, phone="+8613955557777", code="123456", at=now)
    actions.edit_resident(
        elder, by=cast.reception, at=now, seen=elder.version, changes={"name": "欧阳锋锋", "note": "爱下棋的老欧"}
    )
    photo = ReadFile(data=b"%PDF-1.4", name="欧阳锋的证明.pdf", content_type="application/pdf", extension="pdf")
    help_request = register_request(
        community=cast.home, category=make_category(), words="欧阳家水管漏了", resident=elder, by=cast.reception, at=now
    )
    kept = keep_file(help_request.case, photo, kind="paper", by=cast.reception, at=now)
    add_words(help_request, words="欧阳又来电话", by=cast.reception, at=now)
    steps.not_home(help_request, by=cast.officer, at=now, words="欧阳不在")
    visit_at = free_times(cast.officer, elder, at=now)[-1]
    visits.plan_visit(help_request, starts_at=visit_at, words="敲欧阳的门", by=cast.reception, at=now)
    booked = book(
        session=make_session(community=cast.home, starts_at=now + 9 * DAY),
        resident=elder,
        note="欧阳的事",
        by=cast.reception,
        at=now,
    )
    deliver_due(at=now)
    storage, path = kept.file.storage, kept.file.name
    assert storage.exists(path)

    Resident.objects.filter(pk=elder.pk).update(moved_out_on=clock.today() - 4 * 365 * DAY)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(at=clock.now())["left"] == 1
    account.refresh_from_db()
    assert (account.is_active, account.resident) == (False, None), "nobody has used it since they left"

    told = {table: text for table, text in everything_stored().items()}
    for secret in ("欧阳", "13955557777", "老欧", "ouyang", "7777", hash_of(number_for())):
        assert [table for table, text in told.items() if is_told(secret, text=text)] == [], secret
    assert not storage.exists(path)
    desk = signed_in(cast.reception)
    for text in ("欧阳锋", "oyf", "7777", number_for()):
        assert f"/residents/{elder.pk}/" not in desk.get("/find/", {"q": text}).content.decode()
    assert "欧阳" not in desk.get("/requests/?as=csv").content.decode()
    number = help_request.case.number
    page = desk.get(f"/requests/{number}/")
    assert page.status_code == 200 and "欧阳" not in page.content.decode()
    assert desk.get(f"/files/{kept.pk}/").status_code == 404
    assert desk.get(f"/residents/{elder.pk}/").status_code == 200
    assert broken_link(help_request.case) is None, "the journal is sealed anew"
    assert Booking.objects.filter(pk=booked.pk).exists(), "that somebody came still counts"
    assert sweep(at=clock.now())["left"] == 0


@pytest.mark.parametrize(
    ("left", "days_since", "keeps"),
    [("moved_out_on", 3, True), ("moved_out_on", 2000, False), ("deceased_on", 3, False)],
)
def test_an_account_goes_with_its_owner_unless_he_still_signs_in(cast, left, days_since, keeps):
    elder = make_resident(household=cast.household, name="欧阳锋", **{left: clock.today() - 4 * 365 * DAY})
    account = make_resident_account(elder, last_login=clock.now() - days_since * DAY)
    colleague = make_resident(household=cast.household, name="老同事", deceased_on=clock.today() - 4 * 365 * DAY)
    User.objects.filter(pk=cast.reception.pk).update(resident=colleague)
    sweep(at=clock.now())
    account.refresh_from_db()
    assert account.resident is None
    assert (account.is_active, bool(account.phone), bool(account.name)) == (keeps, keeps, keeps)
    cast.reception.refresh_from_db()
    assert (cast.reception.is_active, cast.reception.name, cast.reception.resident) == (True, "李玲", None)


def test_a_case_told_for_somebody_else_stays_his(cast):
    husband = make_resident(household=cast.household, name="已故丈夫", deceased_on=clock.today() - 4 * 365 * DAY)
    about_wife = register_request(
        community=cast.home, category=make_category(), words="老伴卧床", resident=cast.elder, asker=husband,
        by=cast.reception, at=clock.now(),
    )  # fmt: skip
    sweep(at=clock.now())
    about_wife.case.refresh_from_db()
    assert about_wife.case.words == "老伴卧床" and about_wife.case.phone_tail == ""
