"""Elders and home adaptations in bulk, in the streets that a reader sees: what the pages of eldercare have to find their way in."""

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection

from community_portal import clock
from community_portal.casework.models import Case
from community_portal.demo.bench.report import Say
from community_portal.dues.models import DueItem
from community_portal.people.models import Organisation, Resident, Role, User
from community_portal.places.models import Street
from eldercare.actions.catalogues import load_national
from eldercare.dues import WELFARE_VISIT
from eldercare.models import (
    AcceptanceLine,
    AcceptanceVisit,
    Adaptation,
    CatalogueList,
    ElderProfile,
    PlanLine,
    PlanVersion,
    Programme,
    Tier,
    WelfareVisit,
    WorkOrder,
)
from eldercare.workflow.states import State

CHUNK = 5_000
DAY = dt.timedelta(days=1)
PRICE = Decimal(300)
# Of ten adaptations six are over; every page that tells what is to be done has its share.
STATES = (State.ACCEPTING, State.PLANNING, State.REVIEWED, State.ORDERED, *[State.CLOSED] * 6)
TABLES = (
    "eldercare_elderprofile, eldercare_welfarevisit, dues_dueitem, casework_case, eldercare_adaptation, eldercare_planversion, "
    "eldercare_planline, eldercare_workorder, eldercare_acceptancevisit, eldercare_acceptanceline"
)


def fill_elders(say: Say, *, street: Street, elders: int, adaptations: int) -> None:
    """Up to so many elders of the street, and so many of them with an adaptation; prints how long it took."""
    started = time.monotonic()
    without = Resident.objects.current().filter(community__street=street, elder=None).order_by("pk")
    missing = max(elders - ElderProfile.objects.filter(resident__community__street=street).count(), 0)
    for people in _chunks(list(without.select_related("household")[:missing])):
        _make_elders(people)
    # A home is adapted once, and a person lives in one home.
    untouched = Resident.objects.filter(
        community__street=street, elder__isnull=False, household__isnull=False, household__adaptations=None
    )
    homes = untouched.order_by("household", "pk").distinct("household").select_related("household")
    missing = max(adaptations - Adaptation.objects.filter(community__street=street).count(), 0)
    programme = _programme(street)
    for people in _chunks(list(homes[:missing])):
        _make_adaptations(people, programme)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {TABLES}")
    count = Adaptation.objects.filter(community__street=street).count()
    say(f"  {elders:>10,} elders, {count:,} adaptations  {time.monotonic() - started:.0f} s")


def _chunks(people: Sequence[Resident]) -> Iterator[Sequence[Resident]]:
    return (people[start : start + CHUNK] for start in range(0, len(people), CHUNK))


def _kept(rows: Iterable[Any]) -> list[Any]:
    """Written together; all of one model."""
    made = list(rows)
    return list(type(made[0])._default_manager.bulk_create(made)) if made else []


def _make_elders(people: Sequence[Resident]) -> None:
    """Looked in at a month ago; of a hundred, five are waited for since yesterday or longer."""
    now, today = clock.now(), clock.today()
    tiers = list(Tier)
    made = _kept(ElderProfile(resident=one, tier=tiers[one.pk % len(tiers)], opened_at=now) for one in people)
    by = _clerk()
    _kept(WelfareVisit(elder=elder, visited_at=now - 30 * DAY, by=by, was_seen=True, recorded_at=now) for elder in made)
    _kept(
        DueItem(
            kind=WELFARE_VISIT.name, community_id=one.community_id, grid_id=one.household.grid_id if one.household else None,
            subject_ref=f"elder:{one.pk}", subject_label=one.name, starts_on=today - 30 * DAY, opens_on=today - 30 * DAY,
            due_on=today + (one.pk % 100 - 5) * DAY, role=Role.GRID_OFFICER, made_at=now,
        )
        for one in people
    )  # fmt: skip


def _clerk() -> User:
    return User.objects.get_or_create(username="bench-officer", defaults={"name": "测试网格员"})[0]


def _programme(street: Street) -> Programme:
    catalogue = load_national(at=clock.now())
    given = {
        "catalogue": catalogue, "family": "bench", "budget": Decimal(90_000_000), "cap": Decimal(3000),
        "opens_on": dt.date(2020, 1, 1), "closes_on": dt.date(2099, 12, 31),
    }  # fmt: skip
    return Programme.objects.get_or_create(street=street, name="测试项目", year=2026, defaults=given)[0]


def _make_adaptations(people: Sequence[Resident], programme: Programme) -> None:
    """Each with a signed plan of five lines; what is built has an order, what is done a round of acceptance."""
    now = clock.now()
    firm, _new = Organisation.objects.get_or_create(name="测试施工队", defaults={"kind": Role.CONTRACTOR})
    cases = _kept(
        Case(
            number=f"BE-26-{one.pk}", community_id=one.community_id, resident=one, title="适老化改造", words="起夜要摸黑",
            source="desk", address=f"测试花苑 {one.door}", opened_at=now,
        )
        for one in people
    )  # fmt: skip
    made = _kept(
        _adaptation(case, one, STATES[n % len(STATES)], programme, firm)
        for n, (case, one) in enumerate(zip(cases, people, strict=True))
    )
    plans = _make_plans(made, programme.catalogue)
    _make_orders(made, plans, firm)
    _make_rounds([one for one in made if one.state in (State.ACCEPTING, State.CLOSED)])


def _adaptation(case: Case, one: Resident, state: State, programme: Programme, firm: Organisation) -> Adaptation:
    now, is_over = clock.now(), state == State.CLOSED
    is_built = is_over or state in (State.ORDERED, State.ACCEPTING)
    return Adaptation(
        case=case, community_id=one.community_id, state=state, state_since=now - one.pk % 100 * DAY, opened_at=now,
        closed_at=now if is_over else None, accepted_at=now if is_over else None, due_at=now + one.pk % 30 * DAY,
        programme=programme, programme_family=programme.family, catalogue=programme.catalogue, cap=programme.cap,
        resident=one, household=one.household, contractor=firm if is_built else None,
    )  # fmt: skip


def _make_plans(made: Sequence[Adaptation], catalogue: CatalogueList) -> list[PlanVersion]:
    now, items = clock.now(), list(catalogue.items.order_by("position")[:5])
    total = PRICE * len(items)
    plans = _kept(PlanVersion(adaptation=one, version=1, total=total, subsidy=total, made_at=now) for one in made)
    _kept(
        PlanLine(plan=plan, number=n, item=item, why="站起来要扶", quantity=1, price=PRICE, funded=PRICE)
        for plan in plans
        for n, item in enumerate(items, 1)
    )
    signed = [plan for plan in plans if plan.adaptation.state not in (State.PLANNING, State.REVIEWED)]
    PlanVersion.objects.filter(pk__in=[plan.pk for plan in signed]).update(proposed_at=now, signed_at=now)
    return signed


def _make_orders(made: Sequence[Adaptation], plans: Sequence[PlanVersion], firm: Organisation) -> None:
    """Of ordered ones nobody has seen theirs yet."""
    now, today = clock.now(), clock.today()
    _kept(
        WorkOrder(
            adaptation=plan.adaptation, contractor=firm, plan=plan, ordered_on=today - 9 * DAY,
            seen_at=None if plan.adaptation.state == State.ORDERED else now,
        )
        for plan in plans
    )  # fmt: skip


def _make_rounds(made: Sequence[Adaptation]) -> None:
    """Decided where the adaptation is over; else two of five lines are looked at."""
    now, by = clock.now(), _clerk()
    rounds = _kept(
        AcceptanceVisit(
            adaptation=one, opened_at=now, decided_at=one.closed_at, result="accepted" if one.closed_at else ""
        )
        for one in made
    )
    lines = PlanLine.objects.filter(plan__adaptation__in=made).order_by("number")
    by_adaptation: dict[int, list[tuple[int, int]]] = {}
    for pk, number, adaptation in lines.values_list("pk", "number", "plan__adaptation"):
        by_adaptation.setdefault(adaptation, []).append((pk, number))
    _kept(
        AcceptanceLine(
            visit=visit, line_id=pk, **({"result": "pass", "checked_by": by, "checked_at": now} if looked else {})
        )
        for visit in rounds
        for pk, number in by_adaptation[visit.adaptation_id]
        for looked in [bool(visit.decided_at) or number < 3]
    )
