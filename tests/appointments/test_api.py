"""Help requests over HTTP."""

import datetime as dt
import json

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.matters.actions.visits import plan_visit
from community_portal.people.models import Delegation
from tests.bookings.test_api import api
from tests.cast import Cast
from tests.factories import make_category, make_user


def test_a_resident_reads_and_takes_the_steps_that_are_his(cast: Cast) -> None:
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    reader = make_user(phone="+8613911112222")
    Delegation.objects.create(
        principal=cast.elder, agent=reader, relation="侄女", scopes=["read"], proof="当面",
        starts_on=clock.today(), created_by=cast.reception, created_at=clock.now(),
    )  # fmt: skip
    url = f"/api/v1/help-requests/{made.case.number}/"
    assert api(cast.elder_account).get(url).json()["steps"] == ["withdraw"]
    assert api(reader).get(url).json()["steps"] == []
    assert api(reader).post(f"{url}withdraw/", {"words": "不用了"}, format="json").status_code == 403
    verified = {"words": "属实", "finding": "confirmed", "signed_by": "陈平"}
    assert api(cast.elder_account).post(f"{url}verify/", verified, format="json").status_code == 403
    gone = api(cast.elder_account).post(f"{url}withdraw/", {"words": "不用了"}, format="json")
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")


def test_a_resident_reads_the_names_of_staff_that_his_page_shows(cast: Cast) -> None:
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    tomorrow = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(10))
    plan_visit(made, starts_at=tomorrow, wished=True, by=cast.officer, at=clock.now())
    url = f"/api/v1/help-requests/{made.case.number}/"
    theirs, own = api(cast.reception).get(url).json(), api(cast.elder_account).get(url).json()
    assert (theirs["handler"], theirs["visit"]["officer"]) == ("grid", "grid")
    assert (own["handler"], own["visit"]["officer"]) == ("周敏", "周敏")
    assert "grid" not in json.dumps(own) and theirs["due_at"] and own["due_at"] is None


def test_a_help_request_goes_its_way_over_the_api(cast: Cast) -> None:
    make_category(code="care")
    client = api(cast.reception)
    given = {
        "community": "LT",
        "name": "陈平",
        "phone": "13800002046",
        "category": "care",
        "words": "灯坏了，看不见台阶。",
    }
    made = client.post("/api/v1/help-requests/", given, format="json")
    assert made.status_code == 201, made.content
    reference = made.json()["reference"]
    assert made.json()["state"] == "assigned" and "set_out" in made.json()["steps"]
    officer = api(cast.officer)
    step = officer.post(f"/api/v1/help-requests/{reference}/set_out/", {"seen": made.json()["version"]}, format="json")
    assert (step.status_code, step.json()["state"]) == (200, "visiting")
    stale = officer.post(f"/api/v1/help-requests/{reference}/not_home/", {"seen": 1}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "changed")
    assert officer.post(f"/api/v1/help-requests/{reference}/no_such_step/", {}, format="json").status_code == 404
    assert api(cast.stranger).get(f"/api/v1/help-requests/{reference}/").status_code == 404
    assert api(cast.stranger).post(f"/api/v1/help-requests/{reference}/verify/", {}, format="json").status_code == 404
    assert HelpRequest.objects.get().state == "visiting"
