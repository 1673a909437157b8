"""Wires, sites and rounds for tests of charging, put where a test wants them by the deeds themselves."""

import datetime as dt
import io
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PIL import Image

from charging.actions import deciding, measuring, rounds, sites, utilities, wires, works
from charging.models import Body, Round, Site, WireReport
from charging.workflow.clearance import asked_facts, is_a_truth
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.uploads import ReadFile
from community_portal.deliberations.actions.meetings import Invited, call_meeting, hold_meeting
from community_portal.deliberations.models import Meeting
from community_portal.deliberations.topics import topic_of
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.places.coordinates import read_point
from community_portal.rules.actions import load_rulebook
from tests.cast import MONDAY, Cast
from tests.factories import make_building, make_member

DAY = dt.timedelta(days=1)
UTILITIES = ("gas", "power", "water", "telecom", "heat")
GOOD = {"dangerous_m": "410.00", "exit_m": "8.90", "wall_m": "3.40", "aisle_m": "1.65"}


def paper(name: str = "答复.pdf", body: bytes = b"") -> ReadFile:
    return ReadFile(b"%PDF-1.4\n" + (body or name.encode()), name, "application/pdf", "pdf")


def photo(colour: int = 120) -> ReadFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (colour, 20, 20)).save(out, "JPEG")
    return ReadFile(out.getvalue(), "photo.jpg", "image/jpeg", "jpg", 8, 8)


@dataclass
class Place:
    """A community with a charging specialist, a builder and a third party, rules loaded."""

    cast: Cast
    charger: User
    builder: User
    firm: Organisation
    third: Organisation

    @property
    def estate(self) -> Any:
        return self.cast.building.estate


def make_place(cast: Cast) -> Place:
    load_rulebook(at=MONDAY)
    firm = Organisation.objects.create(name="通明电力工程", kind=Role.CONTRACTOR)
    third = Organisation.objects.create(name="消防检测中心", kind=Role.ASSESSOR)
    for one in (firm, third):
        one.streets.add(cast.street)
    builder = make_member(Role.CONTRACTOR, organisation=firm, name="施工员")
    Membership.objects.filter(user=builder).update(starts_on=dt.date(2020, 1, 1))
    charger = make_member(Role.CHARGING, community=cast.home, username="charger", name="蔡伟民")
    return Place(cast, charger, builder, firm, third)


def report(place: Place, **over: Any) -> WireReport:
    """Staff write down a wire from the fourth floor."""
    given = {"estate": place.estate, "building": place.cast.building, "unit": "1", "floor": 4}
    return wires.report_wire(**given | {"by": place.cast.reception, "at": MONDAY} | over)


def make_site(place: Place, **over: Any) -> Site:
    given = {"estate": place.estate, "building": place.cast.building, "name": "西墙边", "planned_ports": 10}
    given |= {"area": Decimal("24.00"), "by": place.charger, "at": MONDAY, "is_another": True}
    return sites.propose_site(**given | over)


def measure_all(site: Site, place: Place, *, at: dt.datetime = MONDAY, **over: Any) -> None:
    """Everything that its rules ask for, good unless told otherwise."""
    for rule in asked_facts(site):
        good: Any = rule.limit is not False if is_a_truth(rule) else Decimal(GOOD[rule.parameter])
        value = over.get(rule.parameter, good)
        measuring.measure(
            site, parameter=rule.parameter, value=value, how="tape", measured_by="蔡伟民", by=place.charger, at=at
        )


def ask(site: Site, place: Place, utility: str, *, at: dt.datetime = MONDAY) -> str:
    return utilities.ask_utility(site, utility=utility, who="孙工", phone="13800007731", by=place.charger, at=at)


def answer(site: Site, place: Place, utility: str, said: str = "ok", *, at: dt.datetime = MONDAY, **over: Any) -> Any:
    """Asked, where it is not, and answered on paper."""
    if not site.answers.filter(utility=utility, answer="", superseded_at=None).exists():
        ask(site, place, utility, at=at)
    given = {"name": "孙工", "document": paper(f"{utility}-{said}-{site.answers.count()}.pdf"), "by": place.charger}
    given |= {"conditions": "开挖前一天通知"} if said == "conditions" else {}
    return utilities.record_answer(site, utility=utility, answer=said, at=at, **given | over)


def running_round(place: Place, **over: Any) -> Round:
    given = {"community": place.cast.home, "number": 1, "target_ports": 70, "opens_on": MONDAY.date()}
    made = rounds.plan_round(**given | {"by": place.charger, "at": MONDAY} | over)
    rounds.start_round(made, by=place.charger, at=MONDAY)
    return made


def bring_to(state: str, place: Place, site: Site | None = None, *, at: dt.datetime = MONDAY, **over: Any) -> Site:
    """A site that went the whole way there, step by step, by the deeds."""
    one = site or make_site(place, at=at, **over)
    one.round = one.round or Round.objects.filter(state="running", community=place.cast.home).first()
    if one.round is None:
        one.round = running_round(place)
    Site.objects.filter(pk=one.pk).update(round=one.round)
    stands = [State.CANDIDATE, *(reached for _step, reached in WAY)].index(one.state)
    for step, reached in WAY[stands:]:
        if one.state == state:
            break
        at = step(one, place, at) or at
        assert one.state == reached, (one.state, reached)
    one.refresh_from_db()
    return one


def _survey(site: Site, place: Place, at: dt.datetime) -> None:
    sites.survey(site, area=site.area, planned_ports=site.planned_ports, by=place.charger, at=at)


def _ask(site: Site, place: Place, at: dt.datetime) -> None:
    measure_all(site, place, at=at)
    sites.move_on(site, "ask_utilities", by=place.charger, at=at)


def _ready(site: Site, place: Place, at: dt.datetime) -> None:
    for utility in UTILITIES:
        answer(site, place, utility, at=at)
    sites.move_on(site, "ready", by=place.charger, at=at)


def _publish(site: Site, place: Place, at: dt.datetime) -> None:
    consult(site, place, at=at)
    deciding.publish(site, by=place.charger, at=at)


def consult(site: Site, place: Place, *, at: dt.datetime) -> Meeting:
    """A meeting of five sides took place."""
    sides = [Invited(role) for role in ("residents", "community", "property", "street", "utility")]
    told: dict[str, Any] = {"kind": "consultation", "title": "选址座谈", "place": "会客厅", "parties": sides}
    meeting = call_meeting(topic_of(site), starts_at=at, by=place.charger, at=at, **told)
    came = {party.pk: 8 if party.role == "residents" else 1 for party in meeting.parties.all()}
    hold_meeting(meeting, came=came, by=place.charger, at=at)
    return meeting


def _approve(site: Site, place: Place, at: dt.datetime) -> dt.datetime:
    later = at + 8 * DAY
    deciding.approve(site, by=place.cast.street_officer, at=later)
    return later


def _order(site: Site, place: Place, at: dt.datetime) -> None:
    works.order(site, contractor=place.firm, by=place.charger, at=at)


def _done(site: Site, place: Place, at: dt.datetime) -> None:
    works.report_done(site, by=place.builder, at=at)


def pass_all(site: Site, place: Place, *, at: dt.datetime) -> None:
    for part in site.acceptances.last().parts.all():
        part.acceptance.site = site
        works.look_at_part(part, passes=True, by=place.charger, at=at)


def sign_all(site: Site, place: Place, *, at: dt.datetime) -> None:
    street, charger = place.cast.street_officer, place.charger
    works.sign_acceptance(site, body=Body.STREET, name="严科长", by=street, at=at)
    works.sign_acceptance(site, body=Body.COMMUNITY, name="蔡伟民", by=charger, at=at)
    works.sign_acceptance(site, body=Body.THIRD, name="检测员", organisation=place.third, by=charger, at=at)


def _accept(site: Site, place: Place, at: dt.datetime) -> None:
    pass_all(site, place, at=at)
    sign_all(site, place, at=at)
    works.accept(site, by=place.cast.street_officer, at=at)


WAY = (
    (_survey, State.SURVEYED),
    (_ask, State.CHECKING),
    (_ready, State.CONSULTING),
    (_publish, State.NOTICING),
    (_approve, State.APPROVED),
    (_order, State.BUILDING),
    (_done, State.ACCEPTING),
    (_accept, State.IN_SERVICE),
)


def lie_at(row: Any, lon: str, lat: str) -> None:
    """Puts a row on the map."""
    row.place_at(read_point(f"{lon}, {lat}", "wgs84"))
    row.save(update_fields=["lon", "lat", "entered_crs", "entered"])


def other_building(place: Place, **over: Any) -> Any:
    return make_building(**{"estate": place.estate, "grid": place.cast.grid} | over)


def last_nine() -> dt.datetime:
    """Nine in the morning that has been, at whatever hour the tests run."""
    nine = clock.at_wall(clock.today(), dt.time(9))
    return nine if nine <= clock.now() else nine - DAY
