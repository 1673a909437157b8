"""Who was asked and is silent: the specialist hears of it on the third, seventh and fourteenth day, and no more once it goes on."""

import datetime as dt

import pytest

from charging.actions import sites
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.escalation import ring_alarms
from community_portal.casework.models import Alarm
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import deliver_waiting
from tests.cast import MONDAY
from tests.charging.places import DAY, UTILITIES, Place, answer, bring_to

pytestmark = pytest.mark.django_db


def told(place: Place) -> int:
    return Message.objects.filter(kind="site_chase", user=place.charger).count()


def test_on_the_third_seventh_and_fourteenth_day(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    task = site.open_tasks().get()
    days = [(clock.local(alarm.due_at).date() - MONDAY.date()).days for alarm in Alarm.objects.filter(task=task)]
    assert days == [3, 7, 14]
    for day, count in ((2, 0), (4, 1), (8, 2), (15, 3), (30, 3)):
        ring_alarms(at=MONDAY + day * DAY)
        assert told(place) == count, day
    deliver_waiting(at=clock.at_wall(MONDAY.date() + dt.timedelta(days=31), dt.time(10)))
    assert Message.objects.filter(kind="site_chase", state="sent").count() == 3


def test_no_more_once_it_goes_on(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    for utility in UTILITIES:
        answer(site, place, utility)
    sites.move_on(site, "ready", by=place.charger, at=MONDAY + DAY)
    ring_alarms(at=MONDAY + 8 * DAY)
    assert told(place) == 0
