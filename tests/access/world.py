"""The people who walk, and the things they meet: each thing once at home and once next door."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from appointments.models import Paper
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Booking, SessionKind
from community_portal.casework.models import AttachmentKind, Task
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.dues.actions import put_turns
from community_portal.dues.kinds import register_dues
from community_portal.dues.models import DueItem
from community_portal.measure import MEASURES
from community_portal.outbox.models import Channel, Message
from community_portal.people.links import link_hash_of, new_token
from community_portal.people.models import Delegation, DelegationScope, Organisation, Resident, Role, User
from community_portal.people.own_account.actions import renew_calendar_link
from community_portal.places.models import Community
from community_portal.rules.actions import publish
from community_portal.rules.drafts import Draft
from community_portal.rules.models import RuleSet
from tests.access import cells
from tests.access.care import KWARGS_OF_CARE
from tests.access.deliberated import KWARGS_OF_DELIBERATIONS
from tests.access.places import KWARGS_OF_PLACES
from tests.access.sockets import KWARGS_OF_SOCKETS
from tests.cast import Cast, make_cast
from tests.dues.duties import EBIKE, subject
from tests.factories import (
    make_building,
    make_category,
    make_estate,
    make_member,
    make_opening,
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
        cells.ANONYMOUS: None,
        cells.RESIDENT: cast.elder_account,
        cells.OTHER_RESIDENT: cast.stranger_account,
        cells.RECEPTION: cast.reception,
        cells.OFFICER: cast.officer,
        cells.MANAGER: cast.manager,
        cells.STREET: cast.street_officer,
        cells.SPECIALIST: make_member(Role.ELDERCARE, community=cast.home),
        cells.CHARGER: make_member(Role.CHARGING, community=cast.home),
        cells.THIRD_PARTY: make_member(Role.CARE_AGENCY, organisation=agency),
        cells.NEIGHBOUR: cast.stranger,
        cells.ADMIN: cast.admin,
    }
    assert tuple(people) == cells.ROLES
    for role in (r for r in cells.ROLES if r in cells.WITH_ROLE and cells.WITH_ROLE[r] == "ok"):
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


def opening(place: Place) -> Any:
    return place.once(
        "opening", lambda p: make_opening(community=p.community, service=make_service(community=p.community))
    )


def paper(place: Place) -> Any:
    return place.once(
        "paper", lambda p: Paper.objects.create(request=help_request(p), name="身份证复印件", changed_at=clock.now())
    )


def contact(place: Place) -> Any:
    return place.resident.contacts.get()


# What stands in the address of each URL that names a thing.
KWARGS: dict[str, Callable[[Place], dict[str, Any]]] = {
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
    **SAFETY,
    "dossier": lambda p: {"flow": "help_request", "number": help_request(p).case.number},
    "brief": lambda p: {"flow": "help_request", "number": help_request(p).case.number},
    "covered_photo": lambda p: {"flow": "help_request", "number": help_request(p).case.number, "pk": 1},
    "resident_adaptations": lambda p: {"pk": p.resident.pk},
    "resident_warranties": lambda p: {"pk": p.resident.pk},
    "adapt_from": lambda p: {"number": help_request(p).case.number},
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
    "ballot": lambda p: {"token": new_token()},
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
    "help_requests_api-detail": lambda p: {"reference": help_request(p).case.number},
    "help_requests_api-step": lambda p: {"reference": help_request(p).case.number, "step": "withdraw"},
    "dashboard_rows": lambda p: {"measure": next(iter(MEASURES))},
    "mfa_edit_webauthn": lambda p: {"pk": 1},
    "mfa_remove_webauthn": lambda p: {"pk": 1},
}
KWARGS |= KWARGS_OF_CARE | KWARGS_OF_DELIBERATIONS | KWARGS_OF_PLACES | KWARGS_OF_SOCKETS

# What must stand behind the question mark for the address to mean anything.
QUERY: dict[str, Callable[[Place], dict[str, str]]] = {
    "figures": lambda p: {"place": p.community.code, "period": "all"},
}
