"""Reads about help requests: lists with their filters, and what a page shows."""

import datetime as dt
import functools
import time
from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appointments.models import Category, HelpRequest, Urgency
from appointments.workflow import BEFORE_VERIFIED, HANDLED, HELP, WORKING_STATES, State
from community_portal import clock
from community_portal.bookings.models import BookingState
from community_portal.bookings.queries import AgreedVisit, agreed_shown
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Case, Task
from community_portal.casework.queries import due_words
from community_portal.people.models import COMMUNITY_STAFF, Membership, Resident, User
from community_portal.people.staff.memberships import staff_at
from community_portal.places.models import Community, Grid, grid_label, in_reader_language
from community_portal.web.paging import is_row_number

# What a line of a list shows, by name in the line. Read as plain values: joined models for each of thirty lines cost more
# than the query itself, and planning ten joins more than running them.
LIST_COLUMNS = {
    "number": "case__number",
    "title": "case__title",
    "resident": "case__resident__name",
    "address": "case__address",
    "category": "category__name",
    "category_en": "category__name_en",
    "grid": "grid__number",
    "handler": "handler__name",
    "handler_account": "handler__username",
    "state": "state",
    "due_at": "due_at",
    "opened_at": "opened_at",
    "urgency": "urgency",
    "house": "community_id",
}


def filtered(rows: Any, wanted: dict[str, str], *, at: dt.datetime) -> Any:
    """``rows`` narrowed by the filters of the list page (all optional): state, category, grid, handler, urgency,
    place (code of a community or street), overdue, errand, from, to, outcome, q (number, or the beginning of a title's words)."""
    rows = _by_state(rows, wanted, at)
    rows = _by_choices(rows, wanted)
    first, last = clock.read_day(wanted.get("from", "")), clock.read_day(wanted.get("to", ""))
    if first:
        rows = rows.filter(opened_at__gte=clock.day_bounds(first)[0])
    if last:
        rows = rows.filter(opened_at__lt=clock.day_bounds(last)[1])
    text = wanted.get("q", "").strip()
    if text:
        rows = rows.filter(
            Q(case__number__iexact=text) | Q(case__title__startswith=text) | Q(case__resident__name=text)
        )
    return rows


def _by_choices(rows: Any, wanted: dict[str, str]) -> Any:
    for key, field in (("category", "category__code"), ("urgency", "urgency"), ("outcome", "outcome")):
        if wanted.get(key):
            rows = rows.filter(**{field: wanted[key]})
    if wanted.get("place"):
        rows = rows.filter(Q(community__code=wanted["place"]) | Q(community__street__code=wanted["place"]))
    for key in ("grid", "handler"):
        if is_row_number(wanted.get(key, "")):
            rows = rows.filter(**{f"{key}_id": int(wanted[key])})
    return rows


def _by_state(rows: Any, wanted: dict[str, str], at: dt.datetime) -> Any:
    state = wanted.get("state", "")
    if state == "open":
        rows = rows.open()
    elif state in State.values:
        rows = rows.filter(state=state)
    if wanted.get("overdue"):
        rows = rows.overdue(at=at)
    return rows.filter(is_errand=True) if wanted.get("errand") else rows


def for_list(rows: Any) -> Any:
    """The queryset with just what ``list_rows`` needs; its rows are tuples that begin with the id."""
    return rows.values_list("pk", *LIST_COLUMNS.values())


@functools.cache
def list_base() -> Any:
    """``for_list`` over everything, to be narrowed: finding the way to each column takes longer than all the rest."""
    return for_list(HelpRequest.objects.all())


class Line(NamedTuple):
    """A request as a line of a list; ``tone`` and ``due_tone`` are those of chips."""

    number: str
    title: str
    resident: str
    address: str
    category: str
    grid: str
    handler: str
    state: str
    tone: str
    due: str
    due_tone: str
    due_at: dt.datetime | None
    opened_at: dt.datetime
    urgency: str
    is_urgent: bool
    house: str


def list_rows(rows: Any, *, at: dt.datetime, with_house: bool = False) -> list[Line]:
    """Lines of a table from what ``for_list`` reads, every label worked out here so that the template only prints.

    ``with_house``: the list goes over several communities, and says whose each request is; one query for all lines.
    """
    lines = [dict(zip(LIST_COLUMNS, row[1:], strict=True)) for row in rows]
    houses = Community.objects.in_bulk({line["house"] for line in lines}) if with_house else {}
    return [_list_row(line, at, str(houses.get(line["house"], ""))) for line in lines]


def _list_row(line: dict[str, Any], at: dt.datetime, house: str) -> Line:
    spec = HELP.states[line["state"]]
    due, tone = ("", "plain") if spec.is_end else due_words(None if spec.stops_clock else line["due_at"], at=at)
    return Line(
        number=line["number"],
        title=line["title"],
        resident=line["resident"] or "",
        address=line["address"],
        category=in_reader_language(line["category"], line["category_en"]),
        grid=grid_label(line["grid"]) if line["grid"] else "",
        handler=line["handler"] or line["handler_account"] or "",
        state=str(spec.label),
        tone=spec.tone,
        due=due,
        due_tone=tone,
        due_at=line["due_at"] if due else None,
        opened_at=line["opened_at"],
        urgency=line["urgency"],
        is_urgent=line["urgency"] == Urgency.NOW,
        house=house,
    )


Choices = tuple[tuple[str, str], ...]


def filter_choices(user: User) -> dict[str, Choices]:
    """What the list can be narrowed to: ``categories`` by code, ``grids`` by id, ``states``, ``urgencies``; "all" first."""
    places = None if user.is_superuser else user.community_ids
    return kept_choices(places, get_language() or "", int(time.monotonic() // 60))


@functools.lru_cache(2_000)
def kept_choices(places: frozenset[int] | None, language: str, minute: int) -> dict[str, Choices]:
    """For those places, in words of that language; kept for a minute, for every list page shows them and they change a
    few times a year. Plain words, because the template looks drawn options up by them."""
    grids, categories = Grid.objects.all(), Category.objects.filter(is_active=True)
    if places is not None:
        grids = grids.filter(community_id__in=places)
        streets = Community.objects.filter(pk__in=places).values("street")
        categories = categories.filter(Q(street=None) | Q(street__in=streets))
    of_grids = grids.values_list("pk", "number", "community__name", "community__name_en")
    found: dict[str, list[tuple[Any, Any]]] = {
        "states": [("open", _("没办结的")), *State.choices],
        "urgencies": Urgency.choices,
        "categories": [
            (c, in_reader_language(*names)) for c, *names in categories.values_list("code", "name", "name_en")
        ],
        "grids": [(str(pk), f"{in_reader_language(*names)} {grid_label(n)}") for pk, n, *names in of_grids],
    }
    everything = ("", _("全部"))
    return {name: tuple((value, str(word)) for value, word in [everything, *of]) for name, of in found.items()}


def why_this_officer(request: HelpRequest) -> str:
    """The reason of the routing in one sentence."""
    grid = str(request.grid or "")
    return {
        "building": _("住址所在的幢属 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "household": _("住址登记在 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "by_hand": _("由接待台人工指派。"),
        "no_address": _unplaced(request),
        "no_officer": _("%(grid)s 现在没有在岗的网格员，请人工派单。") % {"grid": grid},
    }.get(request.routed_by, "")


def _unplaced(request: HelpRequest) -> str:
    """No address at all, or one that names no building of the house."""
    if request.case.address:
        return _("没有认出住址里的幢，请人工派单，或在档案里改住址。")
    return _("没有登记住址，请人工派单。")


def agreed_visit(request: HelpRequest, *, at: dt.datetime) -> AgreedVisit | None:
    """What was last agreed, while it matters: until the visit took place or the request went another way."""
    booking = request.planned_visit
    if booking is None or request.state not in BEFORE_VERIFIED:
        return None
    if booking.state != BookingState.BOOKED and booking.session.host_id != request.handler_id:
        return None
    return agreed_shown(booking, at=at)


def is_in_nobodys_hands(request: HelpRequest, *, on: dt.date) -> bool:
    """It waits for its officer, and he does not work here any more."""
    if request.state not in HANDLED or request.handler_id is None:
        return False
    return not staff_at(request.community_id, *COMMUNITY_STAFF, on=on).filter(pk=request.handler_id).exists()


def loads_of(people: QuerySet[User], community_id: int, *, on: dt.date) -> dict[int, list[str]]:
    """Of each colleague the grids he looks after there and how many requests he has in hand, in words; two queries."""
    words: dict[int, list[str]] = defaultdict(list)
    memberships = Membership.objects.in_force(on=on).filter(user__in=people, grid__community=community_id)
    for membership in memberships.select_related("grid__community").order_by("grid__number"):
        words[membership.user_id].append(str(membership.grid))
    in_hand = HelpRequest.objects.open().filter(handler__in=people, community=community_id).order_by()
    for handler, count in in_hand.values_list("handler").annotate(Count("pk")):
        words[handler].append(_("手上 %(n)s 件") % {"n": count})
    return words


def under_way_for(resident: Resident) -> list[dict[str, Any]]:
    """What is already being done for this resident, by any service: shown at intake, so nobody tells the story twice."""
    done = Q(flow=HELP.name) & ~Q(state__in=WORKING_STATES)
    tasks = Task.objects.open().filter(case__resident=resident).exclude(done).select_related("case")
    return [
        {
            "url": reverse(FLOWS[task.flow].url_name, args=[task.case.number]),
            "number": task.case.number,
            "title": task.case.title,
            "spec": FLOWS[task.flow].states[task.state],
        }
        for task in tasks.order_by("-case", "-id")[:5]
    ]


def read_requests() -> Any:
    """All of them, with what lines and pages of residents read."""
    return HelpRequest.objects.select_related("case__resident", "category", "handler", "planned_visit__session__host")


def matters_of(user: User) -> Any:
    """Requests this resident raised, or that are about people he may read for; not those he meets as staff."""
    return read_requests().filter(case__in=Case.objects.concerning(user))


def question_to_resident(request: HelpRequest) -> str:
    """What was last asked of the resident."""
    asked = request.case.events.filter(kind="ask_resident").order_by("-sequence").values_list("words", flat=True)
    return asked.first() or ""
