"""The people who walk, and the things they meet: each thing once at home and once next door."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.files.base import ContentFile

from appointments.models import Paper
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Booking, SessionKind
from community_portal.casework.actions import open_part
from community_portal.casework.models import AttachmentKind, Task
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.deliberations.actions.meetings import Invited, call_meeting, hold_meeting, write_minutes
from community_portal.deliberations.actions.opinions import open_survey, take_objection
from community_portal.deliberations.actions.rolls import Unit, put_roll
from community_portal.deliberations.actions.votes import draw_up_vote
from community_portal.deliberations.surveys import token_of
from community_portal.deliberations.topics import topic_alone
from community_portal.dues.actions import put_turns
from community_portal.dues.kinds import register_dues
from community_portal.dues.models import DueItem
from community_portal.matters.actions.opening import open_for
from community_portal.measure import MEASURES
from community_portal.outbox.models import Channel, Message
from community_portal.people.links import link_hash_of, new_token
from community_portal.people.models import Delegation, DelegationScope, Organisation, Resident, Role, User
from community_portal.people.own_account.actions import renew_calendar_link
from community_portal.places.models import Community
from community_portal.rules.actions import publish
from community_portal.rules.drafts import Draft
from community_portal.rules.models import RuleSet
from eldercare.actions.applications import apply_for
from eldercare.actions.assessments import open_assessment
from eldercare.actions.surveys import add_finding
from eldercare.models import (
    AcceptanceDay,
    Adaptation,
    Assessment,
    ElderProfile,
    ProductRecord,
    SurveyFinding,
    WarrantyTicket,
)
from eldercare.workflow.states import State
from tests.access import policy
from tests.access.places import KWARGS_OF_PLACES
from tests.access.sockets import KWARGS_OF_SOCKETS
from tests.cast import Cast, make_cast
from tests.dues.duties import EBIKE, subject
from tests.eldercare.built import make_accepting
from tests.eldercare.elders import make_adaptation, make_catalogue, make_programme
from tests.factories import (
    make_building,
    make_category,
    make_estate,
    make_household,
    make_member,
    make_opening,
    make_resident,
    make_room,
    make_service,
    make_session,
    make_user,
)
from tests.safety.things import SAFETY


@dataclass
class Place:
    """One community with somebody who works there and somebody who lives there."""

    community: Community
    clerk: User
    resident: Resident
    account: User
    made: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[["Place"], Any]) -> Any:
        if name not in self.made:
            self.made[name] = make(self)
        return self.made[name]


@dataclass
class World:
    cast: Cast
    home: Place
    next_door: Place
    people: dict[str, User | None]
    sessions: dict[str, Any] = field(default_factory=dict)


def make_world() -> World:
    cast = make_cast()
    agency = Organisation.objects.create(name="安康护理", kind=Role.CARE_AGENCY)
    people = {
        policy.ANONYMOUS: None,
        policy.RESIDENT: cast.elder_account,
        policy.OTHER_RESIDENT: cast.stranger_account,
        policy.RECEPTION: cast.reception,
        policy.OFFICER: cast.officer,
        policy.MANAGER: cast.manager,
        policy.STREET: cast.street_officer,
        policy.SPECIALIST: make_member(Role.ELDERCARE, community=cast.home),
        policy.CHARGER: make_member(Role.CHARGING, community=cast.home),
        policy.THIRD_PARTY: make_member(Role.CARE_AGENCY, organisation=agency),
        policy.NEIGHBOUR: cast.stranger,
        policy.ADMIN: cast.admin,
    }
    assert tuple(people) == policy.ROLES
    for role in (r for r in policy.ROLES if r in policy.WITH_ROLE and policy.WITH_ROLE[r] == "ok"):
        TOTP.activate(people[role], "JBSWY3DPEHPK3PXP")
        RecoveryCodes.activate(people[role])
    home = Place(cast.home, cast.reception, cast.elder, cast.elder_account)
    next_door = Place(cast.next_door, cast.stranger, cast.stranger_resident, cast.stranger_account)
    return World(cast, home, next_door, people)


def help_request(place: Place) -> Any:
    return place.once("help_request", lambda p: register_request(
        community=p.community, category=make_category(readers=[Role.ELDERCARE]), words="老伴卧床，想请人上门",
        resident=p.resident, by=p.clerk, at=clock.now(),
    ))  # fmt: skip


def attachment(place: Place) -> Any:
    case = help_request(place).case
    file = ReadFile(data=b"%PDF-1.4", name="证明.pdf", content_type="application/pdf", extension="pdf")
    return place.once(
        "attachment", lambda p: keep_file(case, file, kind=AttachmentKind.values[0], by=p.clerk, at=clock.now())
    )


def task(place: Place) -> Any:
    return Task.objects.filter(case=help_request(place).case).latest("id")


def message(place: Place) -> Any:
    return place.once("message", lambda p: Message.objects.create(
        kind="notice", channel=Channel.SMS, address="+8613800000000", community=p.community, resident=p.resident,
        due_at=clock.now(), created_at=clock.now(), state="unsure", dedupe_key=f"walk:{p.community.code}",
    ))  # fmt: skip


def delegation(place: Place) -> Any:
    return place.once("delegation", lambda p: Delegation.objects.create(
        principal=p.resident, agent=make_user(), relation="女儿", scopes=[DelegationScope.BOOK], proof="当面",
        starts_on=clock.today() - dt.timedelta(days=1), created_by=p.account, created_at=clock.now(),
    ))  # fmt: skip


def session(place: Place) -> Any:
    return place.once("session", lambda p: make_session(community=p.community, capacity=9))


def body(place: Place) -> Organisation:
    """A school of its street."""

    def make(place: Place) -> Organisation:
        made = Organisation.objects.create(name=f"{place.community.code} 小学", kind="school")
        made.streets.add(place.community.street)
        return made

    return place.once("body", make)


def activity(place: Place) -> Any:
    return place.once(
        "activity", lambda p: make_session(community=p.community, kind=SessionKind.ACTIVITY, title="读书会")
    )


def booking(place: Place) -> Any:
    return place.once("booking", lambda p: book(session=session(p), resident=p.resident, by=p.account, at=clock.now()))


def booking_token(place: Place) -> str:
    """A link that works: only its hash is stored, so one is put in its place."""
    token = place.once("booking_token", lambda p: new_token())
    Booking.objects.filter(pk=booking(place).pk).update(link_hash=link_hash_of(token))
    return token


def due_item(place: Place) -> DueItem:
    """Of a kind that every member of staff there reads."""

    def make(place: Place) -> DueItem:
        register_dues(EBIKE)
        put_turns(EBIKE, [subject(place.community.pk, place.community.pk)], on=clock.today(), at=clock.now())
        return DueItem.objects.get(community=place.community)

    return place.once("due_item", make)


def rules(place: Place) -> RuleSet:
    """Of the street alone."""

    def make(place: Place) -> RuleSet:
        one = Draft(
            "bikes", "每组停车", "一组最多 20 辆", "bikes", "<=", 20, title_en="In a group", plain_en="20 at most"
        )
        names = {
            "title": "选址",
            "title_en": "Sites",
            "source": "通知",
            "valid_from": clock.today(),
            "by": None,
            "at": clock.now(),
        }
        return publish(f"sites-{place.community.code.lower()}", [one], street=place.community.street, **names)

    return place.once("rules", make)


def building(place: Place) -> Any:
    return place.once("building", lambda p: make_building(estate=make_estate(community=p.community)))


def alone(place: Place) -> Any:
    """Something of the community that is no matter."""
    return topic_alone(place.community, title="充电棚", by=None, at=clock.now())


def meeting(place: Place) -> Any:
    now = clock.now()
    said = {"kind": "joint", "title": "看场地", "starts_at": now, "place": "门口", "parties": [Invited("residents")]}
    return place.once("meeting", lambda p: call_meeting(alone(p), by=None, at=now, **said))


def vote(place: Place) -> Any:
    """Still a draft, with one unit on its roll."""

    def make(place: Place) -> Any:
        now = clock.now()
        said = {"kind": "poll", "question": "装吗", "opens_at": now, "closes_at": now + dt.timedelta(days=7)}
        made = draw_up_vote(alone(place), by=None, at=now, **said)
        put_roll(made, [Unit("101", "80.00", voter="张三")], by=None, at=now)
        return made

    return place.once("vote", make)


def minutes(place: Place) -> Any:
    """Published."""

    def make(place: Place) -> Any:
        row = meeting(place)
        hold_meeting(row, came={row.parties.get().pk: 8}, by=None, at=clock.now())
        return write_minutes(row, words="说好了。", publish=True, by=None, at=clock.now())

    return place.once("minutes", make)


def survey(place: Place) -> Any:
    asked = [{"code": "q1", "text": "装在哪里", "choices": ["东边", "西边"]}]
    days = {"opens_on": clock.today(), "closes_on": clock.today() + dt.timedelta(days=7)}
    said = {"title": "装在哪里", "questions": asked, "base_count": 30, "base_how": "在册住户", **days}
    return place.once("survey", lambda p: open_survey(alone(p), by=None, at=clock.now(), **said))


def objection(place: Place) -> Any:
    said = {"words": "太吵了", "channel": "phone", "due_on": clock.today()}
    return place.once("objection", lambda p: take_objection(alone(p), by=None, at=clock.now(), **said))


def opening(place: Place) -> Any:
    return place.once(
        "opening", lambda p: make_opening(community=p.community, service=make_service(community=p.community))
    )


def paper(place: Place) -> Any:
    return place.once(
        "paper", lambda p: Paper.objects.create(request=help_request(p), name="身份证复印件", changed_at=clock.now())
    )


def adaptation(place: Place) -> Any:
    """In the days of its notice, with a paper, an objection and a plan to read."""

    def make(place: Place) -> Any:
        home = place.resident.household or make_household(
            community=place.community, address=f"{place.community.code} 1"
        )
        Resident.objects.filter(pk=place.resident.pk).update(household=home)
        place.resident.household = home
        catalogue = make_catalogue(street=place.community.street)
        name = f"{place.community.code} 改造"
        programme = make_programme(
            place, name=name, catalogue=catalogue, papers=["身份证复印件"], papers_en=["ID card"]
        )
        made = apply_for(place.resident, programme=programme, by=place.clerk, at=clock.now())
        made.objections.create(words="他家不困难", at=clock.now())
        plan = made.plans.create(version=1, made_at=clock.now(), proposed_at=clock.now())
        plan.lines.create(number=1, item=catalogue.items.first(), why="要扶", quantity=1, price=0)
        days = {"notice_from": clock.today(), "notice_until": clock.today() + dt.timedelta(days=7)}
        Adaptation.objects.filter(pk=made.pk).update(state="notice", **days)
        return made

    return place.once("adaptation", make)


def lonely_house(place: Place, address: str) -> Any:
    """In the grid of the place's resident, so that its officer goes there, too."""
    known = place.resident.household
    grid = known.grid if known else None
    return make_household(building=None, community=place.community, grid=grid, address=address)


def accepting(place: Place) -> Any:
    """In another home of the place: reported done, one of the party named, its bed lent."""

    def make(place: Place) -> Any:
        home = lonely_house(place, f"{place.community.code} 2")
        elder = make_resident(household=home, community=place.community, name="吴芳")
        people = SimpleNamespace(elder=elder, reception=place.clerk, street=place.community.street)
        made, visit = make_accepting(people, "bed")  # type: ignore[arg-type]
        visit.members.create(body="community", name="周文彬")
        visit.day = AcceptanceDay.objects.create(street=place.community.street, on=clock.today())
        visit.save(update_fields=["day"])
        ProductRecord.objects.filter(line__plan__adaptation=made).update(loan="out")
        return made

    return place.once("accepting", make)


def of_accepting(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": accepting(place).case.number, **more}


def of_adaptation(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": adaptation(place).case.number, **more}


def warranty(place: Place) -> Any:
    """Of the resident's own home, as if it had been accepted."""

    def make(place: Place) -> Any:
        of = adaptation(place)
        product = ProductRecord.objects.create(line=of.plan.lines.get(), recorded_at=clock.now())
        ticket = WarrantyTicket(adaptation=of, product=product, under_warranty=False, fault="不动了")
        said = {"title": "报修", "words": "不动了", "by": place.clerk, "at": clock.now()}
        part = open_part(of.case, source="desk", **said)
        open_for(place.resident, ticket, case=part, **said)
        return ticket

    return place.once("warranty", make)


def of_warranty(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": warranty(place).case.number, **more}


def contact(place: Place) -> Any:
    return place.resident.contacts.get()


def elder(place: Place) -> ElderProfile:
    def make(place: Place) -> ElderProfile:
        if place.resident.household is None:
            home = make_household(building=None, community=place.community, address="河边 3 号")
            Resident.objects.filter(pk=place.resident.pk).update(household=home)
            place.resident.household = home
        return ElderProfile.objects.create(resident=place.resident, opened_at=clock.now())

    return place.once("elder_file", make)


def proved(place: Place) -> ElderProfile:
    """With a paper of the hardship."""

    def make(place: Place) -> ElderProfile:
        found = elder(place)
        found.hardship = "minimum"
        found.hardship_file.save("proof.pdf", ContentFile(b"%PDF-1.4"))
        return found

    return place.once("proved", make)


def assessment(place: Place) -> Assessment:
    """One that is being made, by somebody of the place."""

    def make(place: Place) -> Assessment:
        by = make_member(Role.ELDERCARE, community=place.community)
        return open_assessment(elder(place).resident, by=by, at=clock.now())

    return place.once("assessment", make)


def looked_at(place: Place) -> Adaptation:
    """An adaptation whose home is looked at."""

    def make(place: Place) -> Adaptation:
        home = lonely_house(place, "桥头 5 号")
        resident = make_resident(community=place.community, household=home, name="周兰")
        programme = adaptation(place).programme
        given = {"resident": resident, "household": resident.household, "programme": programme, "clerk": place.clerk}
        return make_adaptation(None, State.SUBMITTED, **given)

    return place.once("looked_at", make)


def finding(place: Place) -> SurveyFinding:
    def make(place: Place) -> SurveyFinding:
        by = make_member(Role.ELDERCARE, community=place.community)
        return add_finding(looked_at(place), room="bathroom", hazard="slippery", by=by, at=clock.now())

    return place.once("finding", make)


# What stands in the address of each URL that names a thing.
KWARGS: dict[str, Callable[[Place], dict[str, Any]]] = {
    "elder_file": lambda p: {"pk": elder(p).resident_id},
    "resident_elder": lambda p: {"pk": elder(p).resident_id},
    "hardship_proof": lambda p: {"pk": proved(p).resident_id},
    "change_elder": lambda p: {"pk": elder(p).resident_id},
    "set_elder_tier": lambda p: {"pk": elder(p).resident_id},
    "elder_family": lambda p: {"pk": elder(p).resident_id},
    "record_welfare_visit": lambda p: {"pk": elder(p).resident_id},
    "assess_elder": lambda p: {"pk": elder(p).resident_id},
    "assess": lambda p: {"pk": assessment(p).pk},
    "assess_end": lambda p: {"pk": assessment(p).pk},
    "answer_item": lambda p: {"pk": assessment(p).pk, "item": "eating"},
    "assess_facts": lambda p: {"pk": assessment(p).pk},
    "close_assessment": lambda p: {"pk": assessment(p).pk},
    "assess_for": lambda p: {"number": looked_at(p).case.number},
    "survey": lambda p: {"number": looked_at(p).case.number},
    "add_finding": lambda p: {"number": looked_at(p).case.number},
    "drop_finding": lambda p: {"number": looked_at(p).case.number, "pk": finding(p).pk},
    "resident_file": lambda p: {"pk": p.resident.pk},
    "edit_resident": lambda p: {"pk": p.resident.pk},
    "resident_care": lambda p: {"pk": p.resident.pk},
    "resident_contacts": lambda p: {"pk": p.resident.pk},
    "reveal_id_number": lambda p: {"pk": p.resident.pk},
    "close_resident": lambda p: {"pk": p.resident.pk},
    "resident_delegations": lambda p: {"pk": p.resident.pk},
    "resident_consents": lambda p: {"pk": p.resident.pk},
    "merge_resident": lambda p: {"pk": p.resident.pk},
    "choose_messages": lambda p: {"pk": contact(p).pk},
    "revoke_my_delegation": lambda p: {"pk": delegation(p).pk},
    "resolve_message": lambda p: {"pk": message(p).pk},
    "take_task": lambda p: {"pk": task(p).pk},
    "attachment": lambda p: {"pk": attachment(p).pk},
    "my_request": lambda p: {"number": help_request(p).case.number},
    "add_my_words": lambda p: {"number": help_request(p).case.number},
    "rate_my_request": lambda p: {"number": help_request(p).case.number},
    "take_my_step": lambda p: {"number": help_request(p).case.number, "step": "withdraw"},
    "help_request": lambda p: {"number": help_request(p).case.number},
    "help_slip": lambda p: {"number": help_request(p).case.number},
    "add_help_note": lambda p: {"number": help_request(p).case.number},
    "change_paper": lambda p: {"number": help_request(p).case.number, "pk": paper(p).pk},
    "take_help_step": lambda p: {"number": help_request(p).case.number, "step": "assign"},
    "acceptance_day": lambda p: {"pk": accepting(p).acceptances.get().day_id},
    "acceptance": of_accepting,
    "acceptance_line": lambda p: of_accepting(p, line=1),
    "pass_acceptance": of_accepting,
    "waive_line": lambda p: of_accepting(p, line=1),
    "acceptance_talk": of_accepting,
    "join_acceptance": of_accepting,
    "sign_acceptance": lambda p: of_accepting(p, pk=accepting(p).acceptances.get().members.get().pk),
    "follow_up": lambda p: of_accepting(p, which="first"),
    "return_loan": lambda p: {"pk": ProductRecord.objects.get(line__plan__adaptation=accepting(p)).pk},
    "work": of_accepting,
    "work_photo": lambda p: of_accepting(p, line=1),
    "work_product": lambda p: of_accepting(p, line=1, unit=1),
    **SAFETY,
    "dossier": lambda p: {"flow": "help_request", "number": help_request(p).case.number},
    "brief": lambda p: {"flow": "help_request", "number": help_request(p).case.number},
    "covered_photo": lambda p: {"flow": "help_request", "number": help_request(p).case.number, "pk": 1},
    "adaptation": of_adaptation,
    "adaptation_slip": of_adaptation,
    "adaptation_note": of_adaptation,
    "adaptation_step": lambda p: of_adaptation(p, step="withdraw"),
    "resident_adaptations": lambda p: {"pk": p.resident.pk},
    "my_adaptation": of_adaptation,
    "my_adaptation_words": of_adaptation,
    "my_adaptation_rating": of_adaptation,
    "my_adaptation_step": lambda p: of_adaptation(p, step="withdraw"),
    "report_fault": of_adaptation,
    "my_report": of_adaptation,
    "warranty": of_warranty,
    "warranty_slip": of_warranty,
    "warranty_note": of_warranty,
    "warranty_step": lambda p: of_warranty(p, step="withdraw"),
    "resident_warranties": lambda p: {"pk": p.resident.pk},
    "my_warranty": of_warranty,
    "my_warranty_words": of_warranty,
    "my_warranty_rating": of_warranty,
    "my_warranty_step": lambda p: of_warranty(p, step="withdraw"),
    "apply_home": of_adaptation,
    "apply_papers": of_adaptation,
    "my_plan": of_adaptation,
    "public_notice": lambda p: {"pk": adaptation(p).pk},
    "adapt_from": lambda p: {"number": help_request(p).case.number},
    "adaptation_home": of_adaptation,
    "adaptation_paper": lambda p: of_adaptation(p, pk=adaptation(p).papers.get().pk),
    "adaptation_consent": of_adaptation,
    "adaptation_objection": of_adaptation,
    "adaptation_answer": lambda p: of_adaptation(p, pk=adaptation(p).objections.get().pk),
    "adaptation_plan": of_adaptation,
    "adaptation_plan_line": lambda p: of_adaptation(p, line=1),
    "drop_plan_line": lambda p: of_adaptation(p, line=1),
    "adaptation_sign": of_adaptation,
    "edit_programme": lambda p: {"pk": adaptation(p).programme_id},
    "catalogue_list": lambda p: {"pk": adaptation(p).catalogue_id},
    "given_time": lambda p: {"flow": "help_request", "number": help_request(p).case.number, "step": "plan_visit"},
    "resident_cases": lambda p: {"pk": p.resident.pk},
    "book_slots": lambda p: {"code": opening(p).service.code},
    "hold_session": lambda p: {"pk": session(p).pk},
    "book_confirm": lambda p: {"pk": booking(p).pk},  # already booked: its owner is led to it
    "booking": lambda p: {"pk": booking(p).pk},
    "my_booking_calendar": lambda p: {"pk": booking(p).pk},
    "change_booking": lambda p: {"pk": booking(p).pk},
    "activity": lambda p: {"pk": activity(p).pk},
    "change_activity": lambda p: {"pk": activity(p).pk},
    "note_people": lambda p: {"pk": activity(p).pk, "deed": "heads"},
    "wait_for_activity": lambda p: {"pk": activity(p).pk},
    "body": lambda p: {"pk": body(p).pk},
    "call_off_activity": lambda p: {"pk": activity(p).pk},
    "mark_visit": lambda p: {"pk": booking(p).pk, "mark": "arrived"},
    "visit": lambda p: {"pk": booking(p).pk},
    "change_visit": lambda p: {"pk": booking(p).pk},
    "resident_bookings": lambda p: {"pk": p.resident.pk},
    "answer_link": lambda p: {"token": "n" * 32},
    "booking_link": lambda p: {"token": booking_token(p)},
    "booking_calendar": lambda p: {"token": booking_token(p)},
    "my_calendar": lambda p: {"token": renew_calendar_link(p.account, at=clock.now())},
    "community_calendar": lambda p: {"code": p.community.code},
    "hand_over": lambda p: {"pk": p.clerk.pk},
    "issue_staff_password": lambda p: {"pk": p.clerk.pk},
    "edit_opening": lambda p: {"pk": opening(p).pk},
    "meeting": lambda p: {"pk": meeting(p).pk},
    "meeting_minutes": lambda p: {"pk": meeting(p).pk},
    "vote": lambda p: {"pk": vote(p).pk},
    "vote_roll": lambda p: {"pk": vote(p).pk},
    "vote_sheets": lambda p: {"pk": vote(p).pk},
    "record_ballot": lambda p: {"pk": vote(p).pk},
    "objection": lambda p: {"pk": objection(p).pk},
    "survey_answers": lambda p: {"pk": survey(p).pk},
    "survey_by_link": lambda p: {"token": token_of(survey(p))},
    "public_minutes": lambda p: {"pk": minutes(p).pk},
    "ballot": lambda p: {"token": new_token()},
    "votes-detail": lambda p: {"pk": vote(p).pk},
    "votes-ballots": lambda p: {"pk": vote(p).pk},
    "report_kind": lambda p: {"kind": "wire"},
    "edit_estate": lambda p: {"pk": building(p).estate_id},
    "edit_building": lambda p: {"pk": building(p).pk},
    "edit_room": lambda p: {"pk": p.once("room", lambda p: make_room(community=p.community)).pk},
    "edit_service": lambda p: {"pk": opening(p).service.pk},
    "edit_category": lambda p: {"pk": make_category(street=p.community.street).pk},
    "tick_due": lambda p: {"pk": due_item(p).pk},
    "rule_set": lambda p: {"code": rules(p).code},
    "change_rule": lambda p: {"pk": rules(p).rules.get().pk},
    "import_rules": lambda p: {"code": rules(p).code},
    "sessions-detail": lambda p: {"pk": session(p).pk},
    "bookings-detail": lambda p: {"pk": booking(p).pk},
    "assessments-detail": lambda p: {"pk": assessment(p).pk},
    "assessments-answers": lambda p: {"pk": assessment(p).pk},
    "assessments-sign": lambda p: {"pk": assessment(p).pk},
    "help_requests_api-detail": lambda p: {"reference": help_request(p).case.number},
    "help_requests_api-step": lambda p: {"reference": help_request(p).case.number, "step": "withdraw"},
    "adaptations_api-detail": lambda p: {"reference": adaptation(p).case.number},
    "adaptations_api-step": lambda p: {"reference": adaptation(p).case.number, "step": "withdraw"},
    "dashboard_rows": lambda p: {"measure": next(iter(MEASURES))},
    "mfa_edit_webauthn": lambda p: {"pk": 1},
    "mfa_remove_webauthn": lambda p: {"pk": 1},
}
KWARGS |= KWARGS_OF_PLACES | KWARGS_OF_SOCKETS

# What must stand behind the question mark for the address to mean anything.
QUERY: dict[str, Callable[[Place], dict[str, str]]] = {
    "figures": lambda p: {"place": p.community.code, "period": "all"},
}
