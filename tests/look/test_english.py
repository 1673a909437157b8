"""In English no page shows a Chinese word of the interface: only people's names and words, places, and what was told to people."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils.html import escape
from django.utils.translation import gettext_lazy, override

from appointments.models import Category
from charging.models import ChargePoint, Measurement, Round, Site, UtilityAnswer, WireReport
from community_portal import clock
from community_portal.bookings.models import BookingState, Service, Session
from community_portal.bookings.visits import VISIT_FILTERS
from community_portal.casework.deadlines import Limit, deadline_of, explain
from community_portal.casework.flow import FLOWS, Step
from community_portal.casework.models import Attachment, Case, Event
from community_portal.deliberations import models as deliberations
from community_portal.deliberations.models import Decision, Meeting, Minutes, RollEntry, Survey, Vote
from community_portal.dues.models import DueItem
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import words_of
from community_portal.outbox.views import KEY_IN_LINK
from community_portal.people.models import Contact, Delegation, Household, Organisation, Resident, User
from community_portal.places.models import CalendarDay, Closure, Community, Estate, Room, Street
from community_portal.rules.models import RuleSet
from eldercare.models import AcceptanceMember, CatalogueList, Objection, PlanLine, ProductRecord, Programme
from safety.actions.equipment_import import HEADINGS
from safety.models import (
    AssemblyPoint,
    Campaign,
    CampaignSession,
    Contribution,
    Drill,
    Equipment,
    InspectionRound,
    Objective,
    Observation,
    Premises,
    Question,
    Retrofit,
    RetrofitMeasure,
)
from tests.access import cells, policy
from tests.access.test_walk import NAMES, address_of
from tests.access.world import World, booking, help_request, make_world, message, opening

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
# No words of ours: scripts, what was typed into a form, the first character of a name in a circle.
NOT_OURS = re.compile(
    r"<script\b.*?</script>|<!--.*?-->|\bvalue=\"[^\"]*\"|<textarea\b.*?</textarea>|<span class=\"avatar\".*?</span>",
    re.DOTALL,
)
BUILDING = re.compile(r"\d+幢")
# What people said, are called, or were told; and where things are. Names with an English one do not belong here.
DATA: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Resident, ("name", "note")),
    (User, ("name",)),
    (Organisation, ("name",)),
    (Street, ("district",)),
    (Community, ("address",)),
    (Household, ("address",)),
    (Contact, ("owner", "relation")),
    (Delegation, ("relation", "proof")),
    (Closure, ("reason",)),
    (Case, ("title", "words", "address")),
    (Event, ("words",)),
    (Attachment, ("original_name",)),
    (Message, ("body",)),
    (DueItem, ("subject_label",)),
    (RuleSet, ("source",)),
    (AcceptanceMember, ("name",)),
    (CatalogueList, ("source",)),
    (Objection, ("words",)),
    (PlanLine, ("why",)),
    (ProductRecord, ("brand", "maker", "model")),
    (Site, ("name", "rejected_plain")),
    (Round, ("source", "decision")),
    (Measurement, ("measured_by", "note")),
    (UtilityAnswer, ("asked_of", "conditions", "words", "name")),
    (WireReport, ("unit", "place")),
    (ChargePoint, ("maker", "model")),
    (Premises, ("contact_name",)),
    (Equipment, ("spec", "spot", "responsible")),
    (InspectionRound, ("title",)),
    (Retrofit, ("place",)),
    (RetrofitMeasure, ("words",)),
    (Contribution, ("name", "words")),
    (CampaignSession, ("place", "contact_name", "materials", "feedback")),
    (Drill, ("place", "scenario", "route", "stop_rule")),
    (Objective, ("words",)),
    (AssemblyPoint, ("name",)),
    (Question, ("words",)),
    (Observation, ("words", "why")),
    (Meeting, ("topic", "place")),
    (Minutes, ("words",)),
    (Decision, ("words",)),
    (deliberations.Objection, ("words", "name", "reply")),
    (Survey, ("title", "base_how")),
    (Vote, ("question", "explanation")),
    (RollEntry, ("owners", "voter")),
)
# The switch names the other language in itself; the house's own name; an address as it has to be typed.
ON_PURPOSE = ("中文", "会客厅", "龙田花苑 12幢503", "房号, 面积, 业主, 投票人, 手机", "1单元402", "、".join(HEADINGS))
EXCEPT = ("offline", "style", "demo_outbox")  # speaks both languages; shows invented people; shows what was told
ORDER = (
    cells.MANAGER,
    cells.STREET,
    cells.RECEPTION,
    cells.OFFICER,
    cells.RESIDENT,
    cells.ADMIN,
    cells.ANONYMOUS,
)


@pytest.fixture(autouse=True)
def chinese_again() -> Iterator[None]:
    """The language of a request outlives it in the thread of the test."""
    with override("zh-hans"):
        yield


@pytest.fixture
def world(db: None) -> World:
    """As in the walk, with English names where there may be some, and with things that happened."""
    world = make_world()
    for make in (opening, help_request, booking, message):
        make(world.home)
    return world


def _give_english_names() -> None:
    for model in (Street, Community, Estate, Room, Service, Category, Programme, Premises, Campaign):
        for row in model._default_manager.filter(name_en=""):
            model._default_manager.filter(pk=row.pk).update(name_en=f"{model.__name__} {row.pk}")
    Session.objects.filter(title_en="").update(title_en="Allowance")


def _reader(world: World, table: dict[str, str]) -> str | None:
    """Somebody who gets to see the page; a manager sees most of them."""
    return next((role for role in ORDER if table[role] == "ok"), None)


def _shown(page: str, data: list[str]) -> Iterator[str]:
    page = NOT_OURS.sub(" ", page)
    for words in data:
        page = page.replace(words, "")
    page = BUILDING.sub("", page)
    for found in CHINESE.finditer(page):
        yield page[max(0, found.start() - 40) : found.end() + 40].replace("\n", " ")


def _data_of_people() -> list[str]:
    """Every such text as pages print it, longest first, so that none is torn by a shorter one."""
    found: set[str] = set(ON_PURPOSE)
    for model, columns in DATA:
        rows: QuerySet[Any] = model._default_manager.all()  # type: ignore[attr-defined]
        for values in rows.values_list(*columns):
            found.update(escape(str(value)) for value in values if value)
    for asked in Survey.objects.values_list("questions", flat=True):
        found.update(words for one in asked for words in (one["text"], *one["choices"]))
    for name in Resident.objects.values_list("name", flat=True):
        found.update((f"{name[:1]}*", f"{name[:1]} X"))  # as covered by a public notice and by a brief
    found.update(escape(str(home)) for home in Household.objects.select_related("building__estate"))
    found.update(
        escape(KEY_IN_LINK.sub(r"\1…", words_of(message))) for message in Message.objects.filter(kind__in=KINDS)
    )
    return sorted(found, key=len, reverse=True)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in EXCEPT])
def test_no_chinese_in_english(name: str, world: World) -> None:
    role = _reader(world, policy.POLICY[name].get)
    if role is None:
        return
    user = world.people[role]
    client = Client(headers={"Accept-Language": "en"})
    address = address_of(name, world.home)
    _give_english_names()
    if user is not None:
        User.objects.filter(pk=user.pk).update(language="en")
        client.force_login(user)
    answer = client.get(address)
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return
    shown = "\n".join(_shown(answer.content.decode(), _data_of_people()))
    assert not shown, f"{address} as {role}"


def explained(why: dict[str, Any]) -> tuple[str, str]:
    """In Chinese and in English."""
    with override("zh-hans"):
        chinese = explain(why)
    with override("en"):
        return chinese, explain(why)


def test_a_deadline_says_why_in_the_readers_language_whoever_took_the_step(db: None) -> None:
    """Around National Day, set by somebody who reads English."""
    CalendarDay.objects.create(date=dt.date(2027, 10, 1), kind="holiday", name="国庆节")
    CalendarDay.objects.create(date=dt.date(2027, 10, 9), kind="makeup", name="国庆节调休", works_as=4)
    with override("en"):
        why = deadline_of(
            Limit(9, "days", gettext_lazy("上门核实"), ("照护", "Care")),
            since=clock.at_wall(dt.date(2027, 9, 28), dt.time(9)),
        ).why
    chinese, english = explained(why)
    assert "照护·上门核实" in chinese and "国庆节 放假" in chinese
    assert "Care·Home verification" in english and "National Day" in english and not CHINESE.search(english)
    assert "09-28 09:00 起算" in chinese and "from 28 Sep, 9:00 until" in english and "10-01" not in english


def test_deadlines_written_by_earlier_versions_still_read(db: None) -> None:
    why = {"rule": "照护·上门核实", "amount": 1, "unit": "days", "since": "2026-04-24T09:00:00+08:00",
           "until": "2026-04-27T09:00:00+08:00", "odd_days": []}  # fmt: skip
    chinese, english = explained(why)
    assert "照护·上门核实" in chinese and "Care·Home verification" in english


@pytest.mark.parametrize(
    ("reason", "english"),
    [
        ("夜里不打扰，早上再发", "not at night, sent in the morning"),
        ("决定重发：李玲", "to be sent again, decided by: 李玲"),
        ("ConnectionError", "ConnectionError"),
    ],
)
def test_the_ledger_says_why_in_the_readers_language(reason: str, english: str) -> None:
    message = Message(reason=reason)
    assert message.why == reason
    with override("en"):
        assert message.why == english


@pytest.mark.parametrize("step", [step for flow in FLOWS.values() for step in flow.steps], ids=lambda step: step.name)
def test_the_journal_tells_a_deed_in_the_past_not_in_the_words_of_its_button(step: Step) -> None:
    """周敏 resolved it; never "周敏 Resolve"."""
    with override("en"):
        past, label = str(step.past), str(step.label)
    assert past[0].islower() and past.split()[0] != label.lower().split()[0]


def test_those_expected_are_not_those_who_did_not_come(world: World) -> None:
    with override("zh-hans"):
        assert str(VISIT_FILTERS["waiting"][0]) != str(VISIT_FILTERS["no_show"][0]) == BookingState.NO_SHOW.label
    with override("en"):
        assert [str(VISIT_FILTERS[name][0]) for name in ("waiting", "no_show")] == ["Expected", "No-show"]
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(world.people[cells.RECEPTION])
    assert "Expected" in client.get("/desk/").content.decode()
