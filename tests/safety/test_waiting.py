"""A drill with too few places: a company and a family hear how many are left, wait, and get what is freed."""

import datetime as dt

import pytest
from django.test import Client

from community_portal import clock
from community_portal.bookings.actions.places import cancel_booking
from community_portal.bookings.models import Booking, CancelReason, Waiting
from safety.models import Drill
from tests.cast import Cast
from tests.factories import make_resident, make_resident_account
from tests.safety.drilling import Party, make_notified, make_party

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def party(cast: Cast) -> Party:
    return make_party(cast)


@pytest.fixture
def drill(party: Party) -> Drill:
    """For twenty, on a morning."""
    starts = clock.at_wall(clock.today() + dt.timedelta(days=9), dt.time(9, 30))
    drill = make_notified(party, at=clock.now(), starts_at=starts)
    assert drill.session is not None
    type(drill.session).objects.filter(pk=drill.session.pk).update(capacity=20)
    return drill


def sign_up(client: Client, drill: Drill, heads: int, **more: str) -> str:
    typed = {"group": "南通织造厂", "phone": "139 1234 0000", "heads": heads, "once": f"{heads}{more}", **more}
    answer = client.post(f"/safety/drills/{drill.case.number}/people/", typed, follow=True)
    page: str = answer.content.decode()
    return page


def test_a_company_waits_whole_and_gets_what_is_freed(party: Party, drill: Drill, client: Client) -> None:
    client.force_login(party.safety)
    assert "一共 20 个名额" in sign_up(client, drill, 60)
    assert "报好名了" in sign_up(client, drill, 17)
    full = sign_up(client, drill, 5)
    assert "名额只剩 3 个" in full and 'type="checkbox" name="waits"' in full
    assert not Waiting.objects.exists()
    queued = sign_up(client, drill, 5, waits="on")
    assert "排上队了" in queued and "在排队的" in queued
    first, waiting = Booking.objects.get(), Waiting.objects.get()
    assert (waiting.group_phone, waiting.party_size) == ("+8613912340000", 5)
    cancel_booking(booking=first, reason=CancelReason.NOT_NEEDED, by=party.safety, at=clock.now())
    waiting.refresh_from_db()
    assert waiting.ended_as == "booked" and waiting.booking.party_size == 5
    assert "在排队的" not in client.get(f"/safety/drills/{drill.case.number}/people/").content.decode()


def test_a_family_finds_the_queue_from_the_form(party: Party, drill: Drill, client: Client, cast: Cast) -> None:
    client.force_login(party.safety)
    sign_up(client, drill, 19)
    person = make_resident(community=cast.home, name="陈平")
    client.force_login(make_resident_account(person, username="family"))
    join = f"/safety/drills/{drill.case.number}/join/"
    assert "上午 9:30" in client.get(join).content.decode()
    assert "上午 9:30" in client.get("/safety/").content.decode()
    shown = client.get(join).content.decode()
    assert "/wait/" not in shown and "没有，都走得动" in shown  # a slip can be taken back
    answer = client.post(join, {"resident": person.pk, "party_size": 3, "once": "j"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "名额只剩 1 个" in page and f"/activities/{drill.session_id}/wait/" in page
    assert not Booking.objects.filter(resident=person).exists()
    assert client.get(f"/activities/{drill.session_id}/wait/").status_code == 200
    assert client.post(join, {"resident": person.pk, "party_size": 1, "once": "k"}).status_code == 303
    again = client.post(join, {"resident": person.pk, "party_size": 1, "once": "l"}).content.decode()
    assert "陈平已经报过名了" in again and "排队" not in again
    other = make_resident_account(make_resident(community=cast.home, name="孙丽"), username="other")
    client.force_login(other)
    none = client.post(join, {"resident": other.resident_id, "party_size": 1, "once": "m"}).content.decode()
    assert "名额满了" in none
