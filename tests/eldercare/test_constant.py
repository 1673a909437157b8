"""Every list and page of eldercare asks the database as often for thirty rows as for one."""

import datetime as dt
from typing import Any

import pytest

from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import keep_file
from community_portal.demo.bench.bulk import fill_city
from community_portal.demo.bench.elder_rows import fill_elders
from community_portal.people.models import Role
from community_portal.places.models import Community, Street
from eldercare.actions.surveys import add_finding
from eldercare.models import Adaptation, ElderProfile, LinePhoto, Moment, ProductRecord, WelfareVisit
from eldercare.workflow.states import State
from tests.access.test_lists import queries
from tests.cast import Cast
from tests.eldercare.built import make_accepting, make_plan, make_works, snapshot
from tests.eldercare.elders import MONDAY, make_adaptation, make_coordinator, make_elder
from tests.factories import make_household, make_member, make_resident

pytestmark = pytest.mark.django_db
LISTS = (
    "/eldercare/", "/eldercare/elders/", "/eldercare/elders/?due=late", "/eldercare/adaptations/", "/eldercare/days/",
    "/eldercare/lent/", "/eldercare/warranty/", "/settings/adaptations/", "/dues/", "/inbox/",
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_lists_of_eldercare(signed_in: Any) -> None:
    """Ten adaptations are one or two in every group of the first page, forty are more than it shows."""
    fill_city(residents=500, communities=10, progress=str)
    street = Street.objects.order_by("pk")[0]
    client = signed_in(make_member(Role.ELDERCARE, street=street))
    told = {}
    for elders, adaptations in ((10, 10), (60, 45)):
        fill_elders(str, street=street, elders=elders, adaptations=adaptations)
        told[elders] = {url: queries(client, url) for url in LISTS if "settings" not in url}
    assert Community.objects.filter(street=street).count() == 10
    assert told[10] == told[60]


def another(cast: Cast) -> dict[str, Any]:
    """A second home, so that both stand beside each other."""
    home = make_household(building=cast.building, room="801")
    return {"resident": make_resident(household=home, name="李兰", phone="+8613800002077"), "household": home}


def test_the_acceptance_with_one_line_and_with_thirty(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.street_officer)
    for keeps in (False, True):
        Street.objects.filter(pk=cast.street.pk).update(keeps_forms=keeps)
        if keeps:
            urls = [f"/eldercare/{one.case.number}/accept/" for one in Adaptation.objects.order_by("pk")]
        else:
            few, _visit = make_accepting(cast, "rail")
            many, _visit = make_accepting(cast, *["rail", "bed", "floor"] * 10, **another(cast))
            urls = [f"/eldercare/{one.case.number}/accept/" for one in (few, many)]
        few_asked, many_asked = (queries(client, url) for url in urls)
        assert few_asked == many_asked, f"kept on a phone: {keeps}"


def test_the_plan_with_one_line_and_with_thirty(cast: Cast, signed_in: Any) -> None:
    client = signed_in(make_coordinator(cast))
    asked = []
    for codes, over in ((["rail"], {}), (["rail", "bed", "floor"] * 10, another(cast))):
        made = make_adaptation(cast, State.PLANNING, **over)
        make_plan(made, *codes, signed=False)
        asked.append([queries(client, f"/eldercare/{made.case.number}/{page}") for page in ("", "plan/")])
    assert asked[0] == asked[1]


def test_the_builders_page_with_one_line_and_with_thirty(cast: Cast, signed_in: Any) -> None:
    asked = []
    for codes, over in ((["bed"], {}), (["rail", "bed", "floor"] * 10, another(cast))):
        made, man = make_works(cast, State.WORKS, *codes, **over)
        for line in made.plan.lines.all()[: len(codes) // 2 + 1]:
            shot = snapshot(f"{made.pk} {line.number}")
            kept = keep_file(made.case, shot, kind=AttachmentKind.PHOTO, by=man, at=MONDAY)
            LinePhoto.objects.create(line=line, moment=Moment.AFTER, attachment=kept)
            ProductRecord.objects.create(line=line, number=1, brand="康禾", recorded_at=MONDAY)
        asked.append(queries(signed_in(man), f"/works/{made.case.number}/"))
    assert asked[0] == asked[1]


def test_an_elder_with_one_visit_and_with_thirty_and_a_home_with_one_finding_and_with_thirty(
    cast: Cast, signed_in: Any
) -> None:
    elder, made = make_elder(cast), make_adaptation(cast, State.ASSESSING)
    carer = make_coordinator(cast)
    client = signed_in(carer)

    def add(count: int) -> list[int]:
        for n in range(count):
            at = MONDAY - dt.timedelta(hours=count, minutes=n)
            WelfareVisit.objects.create(elder=elder, visited_at=at, by=carer, was_seen=True, recorded_at=MONDAY)
            picture = snapshot(f"{count} {n}")
            add_finding(made, room="bathroom", hazard="slippery", photo=picture, by=carer, at=MONDAY)
        number = made.case.number
        urls = (f"/eldercare/elders/{cast.elder.pk}/", f"/eldercare/{number}/survey/", f"/eldercare/{number}/")
        return [queries(client, url) for url in urls]

    assert add(1) == add(29)
    assert ElderProfile.objects.count() == 1
