"""What is let go, what stays, and that a second sweep finds nothing."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command

from community_portal import clock
from community_portal.people.models import Delegation, Resident, Submission, User
from community_portal.people.retention import RULES, count_old, sweep
from community_portal.people.tasks import sweep_retention
from tests.factories import make_resident, make_user

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
    return cast


def test_old_goes_new_stays(old_and_new):
    counts = sweep(at=clock.now())
    assert counts == {
        "submissions": 1, "sessions": 1, "unconfirmed": 1, "left": 1, "resident_history": 0, "contact_history": 0,
    }  # fmt: skip
    assert [row.key for row in Submission.objects.all()] == ["k0.5"]
    assert set(User.objects.filter(username__startswith="unknown").values_list("username", flat=True)) == {"unknown0.5"}
    assert User.objects.filter(username="agent").exists(), "a family's delegate waits for his turn"
    gone, kept = Resident.objects.get(name="早已搬走"), Resident.objects.get(name="刚刚搬走")
    assert (gone.id_number, gone.id_hash, gone.note, gone.care_tags) == (None, "", "", [])
    assert kept.id_number and kept.note


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
