"""Every step × every state × every role of the table of retrofits."""

from typing import Any

import pytest

from community_portal.people.models import Organisation, Role
from safety.models import Retrofit
from safety.workflow.retrofit import RETROFIT
from safety.workflow.retrofit_states import STARTED, USED, Making
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.matters.walk import broken_rules, people_of
from tests.safety.retrofitting import DAY, YES, make_running, make_site

pytestmark = pytest.mark.django_db
LATE = MONDAY + 39 * DAY


@pytest.mark.parametrize("step", RETROFIT.steps, ids=lambda step: step.name)
def test_of_a_retrofit(cast: Cast, step: Any) -> None:
    site = make_site(cast)
    retrofit = make_running(site)
    meeting = retrofit.meeting
    if step.name == "close":
        retrofit.checks.update(done_on=MONDAY.date(), passed=True, tested=1, working=1)
    if step.name == "accept":
        retrofit.checks.all().delete()
    tests_next = None if step.name == "close" else LATE.date()
    people = people_of(cast, safety=site.safety, property=site.keeper)
    strangers = Organisation.objects.create(name="别家物业", kind=Role.PROPERTY)
    people["another company's"] = make_member(Role.PROPERTY, organisation=strangers, username="others")
    Retrofit.objects.update(grid=cast.grid)

    def put_into(state: str) -> Retrofit:
        told: dict[str, Any] = {
            "state": state,
            "closed_at": MONDAY if RETROFIT.states[state].is_end else None,
            "started_on": MONDAY.date() if state in STARTED else None,
            "meeting": None if state in (Making.SURVEY, Making.MEETING, Making.CANCELLED) else meeting,
            "next_check_on": tests_next if state == Making.RUNNING else None,
            "done_by": None,
        }
        if state not in USED:
            told |= {"accepted_on": None, "accepted_at": None, "accepted_by": None}
        Retrofit.objects.filter(pk=retrofit.pk).update(**told)
        rows = Retrofit.objects.select_related("case", "community__street", "estate", "handler", "survey")
        return rows.get(pk=retrofit.pk)

    working = 3 if step.name == "fail_test" else 14
    data: dict[str, Any] = {
        "words": "一句话", "survey": retrofit.survey, "choice": YES, "tested": 14, "working": working,
        "officer": make_member(Role.SAFETY, community=cast.home, username="next"),
    }  # fmt: skip
    assert list(broken_rules(RETROFIT, step, people=people, put_into=put_into, data=data, at=LATE)) == []
