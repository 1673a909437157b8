"""Who gets what at every address: the whole of it as data. A new URL needs a line here, or the walk fails.

A cell says what a role gets:
  ok   admitted: a page, a redirect that is no door, or 400/409/422/429 for the content of the request
  in   sent to a sign-in door, or shown the way there beside the words of the form
  anything else is the exact status: 401, 403, 404, 405

A line gives GET and POST for something of one's own place, and, when the address names a thing, the same for a thing of
another place (``get_other``, ``post_other``). What takes no POST answers 405 to those whom it admits, and the other way round.
"""

from dataclasses import dataclass
from typing import Any

ANONYMOUS, RESIDENT, OTHER_RESIDENT = "anonymous", "resident", "other_resident"
RECEPTION, OFFICER, MANAGER, STREET = "reception", "grid_officer", "manager", "street_officer"
SPECIALIST, CHARGER, THIRD_PARTY, NEIGHBOUR, ADMIN = "eldercare", "charging", "third_party", "neighbour", "admin"

# ``other_resident`` and ``neighbour`` (a receptionist) belong to the community next door.
ROLES = (
    ANONYMOUS,
    RESIDENT,
    OTHER_RESIDENT,
    RECEPTION,
    OFFICER,
    MANAGER,
    STREET,
    SPECIALIST,
    CHARGER,
    THIRD_PARTY,
    NEIGHBOUR,
    ADMIN,
)
HOME = (RECEPTION, OFFICER, MANAGER, STREET)  # work at home; the specialists too, but read and write less
STAFF = (*HOME, SPECIALIST, CHARGER, NEIGHBOUR, ADMIN)
SIGNED_IN = ROLES[1:]

Cells = dict[str, str]


def cells(rest: str, **named: str) -> Cells:
    """Every role gets ``rest`` but for the named."""
    assert set(named) <= set(ROLES), named
    return {role: named.get(role, rest) for role in ROLES}


def only(*admitted: str, **named: str) -> Cells:
    """These are admitted, the anonymous are sent to the door, the rest is forbidden, but for the named."""
    return cells("403", **({ANONYMOUS: "in"} | dict.fromkeys(admitted, "ok") | named))


def nobody_finds(table: Cells, *roles: str) -> Cells:
    """The same, but these roles (all who were admitted, when none is named) find nothing: the thing is not theirs."""
    who = roles or [role for role, cell in table.items() if cell in ("ok", "405")]
    return table | dict.fromkeys(who, "404")


def refuses_method(table: Cells) -> Cells:
    """405 instead of a page."""
    return {role: "405" if cell in ("ok", "404") else cell for role, cell in table.items()}


@dataclass(frozen=True)
class Policy:
    get: Cells
    post: Cells
    get_other: Cells | None = None
    post_other: Cells | None = None
    body: Any = None


def page(admitted: Cells, *, body: Any = None) -> Policy:
    """Shows a form and takes it."""
    return Policy(admitted, admitted, body=body)


def shown(admitted: Cells) -> Policy:
    """A page that only shows; POST to it does nothing more (such views do not look at the method)."""
    return Policy(admitted, admitted)


def deed(admitted: Cells, *, body: Any = None) -> Policy:
    """POST only."""
    return Policy(refuses_method(admitted), admitted, body=body)


def thing(own: Cells, other: Cells, *, body: Any = None) -> Policy:
    """A page of one thing, which may belong to another place."""
    return Policy(own, own, other, other, body=body)


def deed_on(own: Cells, other: Cells, *, body: Any = None) -> Policy:
    """POST only, on one thing, which may belong to another place."""
    return Policy(refuses_method(own), own, refuses_method(other), other, body=body)


EVERYONE = cells("ok")
EVERYONE_SIGNED_IN = only(*SIGNED_IN)
ALL_STAFF = only(*STAFF)
WITH_ROLE = only(*STAFF, THIRD_PARTY)
PLANNERS = only(MANAGER, STREET, ADMIN)
DESK = (RECEPTION, OFFICER, MANAGER, SPECIALIST, CHARGER, NEIGHBOUR, ADMIN)
REGISTRARS = (RECEPTION, OFFICER, MANAGER, SPECIALIST, NEIGHBOUR, ADMIN)

# A thing of home: the neighbour's staff does not find it. A thing next door: only they, and the administrator, do.
OF_HOME = only(*HOME, SPECIALIST, CHARGER, ADMIN, neighbour="404")
OF_NEXT_DOOR = only(NEIGHBOUR, ADMIN, **dict.fromkeys((*HOME, SPECIALIST, CHARGER), "404"))
# A request for care: of the specialists only that for eldercare reads it.
REQUEST_OF_HOME = nobody_finds(OF_HOME, CHARGER)
# Meetings, votes and objections that stand alone; a third party sees those about what it was given, and here none.
DELIBERATED = OF_HOME | {THIRD_PARTY: "404"}
DELIBERATED_NEXT_DOOR = OF_NEXT_DOOR | {THIRD_PARTY: "404"}
CALLERS = only(MANAGER, STREET, CHARGER, ADMIN)


def registrars(*roles: str) -> tuple[Cells, Cells]:
    """The two columns of a page on one thing for some roles: at home and next door."""
    at_home = [role for role in roles if role not in (NEIGHBOUR, ADMIN)]
    return (
        only(*at_home, ADMIN, **({NEIGHBOUR: "404"} if NEIGHBOUR in roles else {})),
        only(ADMIN, **({NEIGHBOUR: "ok"} if NEIGHBOUR in roles else {}), **dict.fromkeys(at_home, "404")),
    )


MINE = only(RESIDENT, **dict.fromkeys(SIGNED_IN[1:], "404"))
OTHERS = only(OTHER_RESIDENT, **dict.fromkeys((RESIDENT, *SIGNED_IN[2:]), "404"))
API_SIGNED_IN = cells("ok", anonymous="401")

# The API has no doors: 401 without an account.
FIGURES = cells("404", anonymous="401", **dict.fromkeys((*HOME, SPECIALIST, CHARGER, ADMIN), "ok"))
FIGURES_NEXT_DOOR = cells("404", anonymous="401", neighbour="ok", admin="ok")
API_OF_HOME = cells("404", anonymous="401", **dict.fromkeys((RESIDENT, *HOME, SPECIALIST, CHARGER, ADMIN), "ok"))
API_REQUEST_OF_HOME = nobody_finds(API_OF_HOME, CHARGER)
API_OF_NEXT_DOOR = cells("404", anonymous="401", other_resident="ok", neighbour="ok", admin="ok")
API_NO_POST = cells("405", anonymous="401")
API_SCORES_OF_HOME = cells("404", anonymous="401", **dict.fromkeys((OFFICER, MANAGER, STREET, SPECIALIST, ADMIN), "ok"))
API_SCORES_NEXT_DOOR = cells("404", anonymous="401", admin="ok")
# Who reads scores and does not assess is told that it is for others to do.
API_ASSESSING = API_SCORES_OF_HOME | dict.fromkeys((OFFICER, MANAGER, STREET), "403")

FAULT_OF_HOME = nobody_finds(OF_HOME, SPECIALIST, OFFICER)  # in no grid
API_FAULT_OF_HOME = cells("404", anonymous="401", **dict.fromkeys((RECEPTION, MANAGER, STREET, CHARGER, ADMIN), "ok"))
API_FAULT_NEXT_DOOR = cells("404", anonymous="401", neighbour="ok", admin="ok")
# A wire is read by all who may be asked about it but the specialist for eldercare and officers of other grids; a place by the
# specialist for charging, the manager and the street.
WIRE_OF_HOME = nobody_finds(OF_HOME, SPECIALIST, OFFICER)
SITERS = (MANAGER, STREET, CHARGER, ADMIN)
SITE_OF_HOME = nobody_finds(OF_HOME, SPECIALIST, OFFICER, RECEPTION)
SITE_NEXT_DOOR = nobody_finds(OF_NEXT_DOOR, NEIGHBOUR)
API_SITE_OF_HOME = cells("404", anonymous="401", **dict.fromkeys(SITERS, "ok"))
API_SITE_NEXT_DOOR = cells("404", anonymous="401", admin="ok")
API_WIRE_OF_HOME = nobody_finds(API_OF_HOME, SPECIALIST, OFFICER)
# Residents read no votes here: theirs comes by a link.
API_VOTE_OF_HOME = API_OF_HOME | {RESIDENT: "404"}
API_VOTE_NEXT_DOOR = API_OF_NEXT_DOOR | {OTHER_RESIDENT: "404"}
# A drill of the whole community: read by those who answer for it, not by an officer of one grid.
DRILL_OF_HOME = nobody_finds(OF_HOME, RECEPTION, OFFICER, SPECIALIST, CHARGER)
DRILL_NEXT_DOOR = nobody_finds(OF_NEXT_DOOR, NEIGHBOUR)
DRILL_READ = only(MANAGER, STREET, ADMIN, grid_officer="404")
DRILL_READ_NEXT_DOOR = only(ADMIN, **dict.fromkeys((OFFICER, MANAGER, STREET), "404"))
DRILL_PRESSED = DRILL_READ
API_DRILL = nobody_finds(API_OF_HOME, RESIDENT, RECEPTION, OFFICER, SPECIALIST, CHARGER)
API_DRILL_NEXT_DOOR = nobody_finds(API_OF_NEXT_DOOR, "other_resident", NEIGHBOUR)

CARERS = (RECEPTION, OFFICER, MANAGER, STREET, SPECIALIST, NEIGHBOUR, ADMIN)  # who reads elders and adaptations
SCORERS = (OFFICER, MANAGER, STREET, SPECIALIST, ADMIN)  # and their scores

POLICY: dict[str, Policy] = {
    # The frame
    "home": shown(EVERYONE),
    "style": shown(EVERYONE),
    "offline": shown(EVERYONE),
    "service_worker": shown(EVERYONE),
    "healthz": shown(EVERYONE),
    "set_elder_mode": deed(EVERYONE),
    "set_language": deed(EVERYONE, body={"language": "en"}),
    "choose_community": page(EVERYONE, body={"code": "LT"}),
    "demo_outbox": shown(EVERYONE),
    # Sign-in. Whoever is in already is led on.
    "sign_in": page(EVERYONE),
    "account_request_login_code": page(EVERYONE),
    "account_confirm_login_code": page(cells("ok", anonymous="in")),
    "send_code_again": Policy(cells("405"), cells("in")),
    "account_signup": page(cells("in")),
    "account_inactive": Policy(EVERYONE, cells("405")),
    "staff_sign_in": page(EVERYONE),
    "account_login": page(EVERYONE),
    "mfa_authenticate": page(cells("ok", anonymous="in")),
    "mfa_login_webauthn": page(cells("ok", anonymous="in")),
    "sign_out": deed(EVERYONE),
    "account_logout": deed(EVERYONE),
    "sign_out_everywhere": Policy(cells("405", anonymous="in"), cells("in")),
    # The second factor and the password: whoever has a role
    "account_change_password": page(WITH_ROLE),
    "account_reauthenticate": page(WITH_ROLE),
    "mfa_reauthenticate": page(WITH_ROLE),
    "mfa_reauthenticate_webauthn": page(WITH_ROLE),
    "mfa_index": Policy(WITH_ROLE, refuses_method(WITH_ROLE)),
    "mfa_activate_totp": page(WITH_ROLE),
    "mfa_deactivate_totp": page(WITH_ROLE),
    "mfa_view_recovery_codes": Policy(WITH_ROLE, refuses_method(WITH_ROLE)),
    "mfa_generate_recovery_codes": page(WITH_ROLE),
    "mfa_download_recovery_codes": page(WITH_ROLE),
    "mfa_list_webauthn": Policy(WITH_ROLE, refuses_method(WITH_ROLE)),
    "mfa_add_webauthn": page(WITH_ROLE),
    "mfa_edit_webauthn": page(WITH_ROLE),
    "mfa_remove_webauthn": page(WITH_ROLE),
    # My account
    "account": page(EVERYONE_SIGNED_IN),
    "rename_account": deed(EVERYONE_SIGNED_IN),
    "my_consents": deed(only(RESIDENT, OTHER_RESIDENT, **dict.fromkeys(SIGNED_IN[2:], "404"))),
    "link_my_file": page(EVERYONE_SIGNED_IN),
    "calendar_link": page(EVERYONE_SIGNED_IN, body={"deed": "new"}),
    "choose_messages": deed_on(MINE, OTHERS),
    "revoke_my_delegation": deed_on(MINE, OTHERS),
    "notices": page(EVERYONE_SIGNED_IN),
    # The register
    "find": shown(ALL_STAFF),
    "residents": shown(ALL_STAFF),
    "register_resident": page(only(*REGISTRARS, CHARGER)),
    "resident_file": thing(OF_HOME, OF_NEXT_DOOR),
    "edit_resident": thing(*registrars(*REGISTRARS)),
    "resident_care": thing(*registrars(RECEPTION, OFFICER, MANAGER, STREET, SPECIALIST, NEIGHBOUR, ADMIN)),
    "resident_contacts": thing(*registrars(*REGISTRARS)),
    "reveal_id_number": thing(*registrars(*REGISTRARS)),
    "close_resident": thing(*registrars(*REGISTRARS)),
    "resident_delegations": thing(*registrars(RECEPTION, OFFICER, MANAGER, NEIGHBOUR, ADMIN)),
    "resident_consents": deed_on(*registrars(RECEPTION, OFFICER, MANAGER, SPECIALIST, NEIGHBOUR, ADMIN)),
    "merge_resident": thing(*registrars(RECEPTION, MANAGER, NEIGHBOUR, ADMIN)),
    # Messages
    "messages": shown(only(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    "resolve_message": deed_on(*registrars(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    # Casework
    "inbox": shown(ALL_STAFF),
    "save_filter": deed(ALL_STAFF),
    "take_task": deed_on(
        only(OFFICER, **dict.fromkeys((RECEPTION, MANAGER, STREET, SPECIALIST, CHARGER, NEIGHBOUR, ADMIN), "404")),
        only(NEIGHBOUR, **dict.fromkeys((*HOME, SPECIALIST, CHARGER, ADMIN), "404")),
    ),
    "attachment": thing(
        only(
            *(RESIDENT, *HOME, SPECIALIST, ADMIN),
            **dict.fromkeys((OTHER_RESIDENT, CHARGER, NEIGHBOUR, THIRD_PARTY), "404"),
        ),
        only(
            *(OTHER_RESIDENT, NEIGHBOUR, ADMIN),
            **dict.fromkeys((RESIDENT, *HOME, SPECIALIST, CHARGER, THIRD_PARTY), "404"),
        ),
    ),
    # Help requests: the resident's side, then the staff's
    "ask": page(EVERYONE),
    "activities": shown(EVERYONE),
    "look_up": page(EVERYONE),
    "report": shown(EVERYONE),
    "report_received": shown(EVERYONE),
    "report_kind": page(EVERYONE),
    "my_matters": shown(EVERYONE_SIGNED_IN),
    "my_request": thing(MINE, OTHERS),
    "add_my_words": deed_on(MINE, OTHERS),
    "rate_my_request": deed_on(MINE, OTHERS),
    "take_my_step": deed_on(MINE, OTHERS),
    "workbench": shown(WITH_ROLE),  # third parties get a page of their own
    "intake": page(only(*DESK)),
    "intake_people": shown(only(*DESK)),
    "intake_route": shown(only(*DESK)),
    "field": shown(only(RECEPTION, OFFICER, MANAGER, NEIGHBOUR, ADMIN)),
    "help_requests": shown(ALL_STAFF),
    "help_request": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "help_slip": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "add_help_note": deed_on(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "change_paper": deed_on(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "take_help_step": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "resident_cases": thing(OF_HOME, OF_NEXT_DOOR),
    # Eldercare today, works and their acceptance, and what comes after
    "eldercare": shown(only(RECEPTION, OFFICER, MANAGER, STREET, SPECIALIST, NEIGHBOUR, ADMIN)),
    "acceptance_days": page(only(OFFICER, MANAGER, STREET, SPECIALIST, ADMIN)),
    "acceptance_day": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "recall": page(only(STREET, SPECIALIST, ADMIN)),
    "acceptance": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "acceptance_line": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "pass_acceptance": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "waive_line": thing(*registrars(STREET)),
    "acceptance_talk": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "join_acceptance": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "sign_acceptance": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "follow_up": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "lent": shown(only(OFFICER, MANAGER, STREET, SPECIALIST, ADMIN)),
    "return_loan": thing(*registrars(OFFICER, MANAGER, STREET, SPECIALIST)),
    "work": thing(*registrars(MANAGER, STREET, SPECIALIST)),
    "work_photo": thing(*registrars()),  # the contractor's alone
    "work_product": thing(*registrars()),
    # Drills: next ones for everybody, planned by safety and the manager, read by the street, officers and whoever takes part
    "safety": shown(EVERYONE),
    "railway_game": shown(EVERYONE),
    "duties_desk": shown(only(OFFICER, MANAGER, STREET, ADMIN)),
    "premises_list": shown(only(OFFICER, MANAGER, STREET, ADMIN)),
    "add_premises": page(only(MANAGER, ADMIN)),
    "edit_premises": thing(*registrars(MANAGER)),
    "campaigns": shown(only(OFFICER, MANAGER, STREET, ADMIN)),
    "new_campaign": page(only(STREET, ADMIN)),
    "campaign": thing(*registrars(OFFICER, MANAGER, STREET)),
    "new_session": page(only(MANAGER, STREET, ADMIN)),
    "session_feedback": deed_on(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "session_photos": deed_on(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "campaign_sessions": shown(ALL_STAFF),
    "campaign_session": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "campaign_session_slip": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "campaign_session_note": deed_on(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "campaign_session_step": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "resident_campaign_sessions": thing(OF_HOME, OF_NEXT_DOOR),
    "drill_certificate": thing(MINE, OTHERS),
    "plan_new_drill": page(only(MANAGER, ADMIN)),
    "drill_join": thing(EVERYONE_SIGNED_IN, EVERYONE_SIGNED_IN),
    "drills": shown(ALL_STAFF),
    "drill": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "drill_slip": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "drill_note": deed_on(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "drill_step": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "resident_drills": thing(OF_HOME, OF_NEXT_DOOR),
    "drill_plan": thing(*registrars(MANAGER)),
    "drill_plan_part": deed_on(*registrars(MANAGER)),
    "drill_plan_remove": deed_on(*registrars(MANAGER)),
    "drill_helpers": thing(*registrars(MANAGER)),
    "drill_helper": thing(*registrars(MANAGER)),
    "drill_check": deed_on(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_people": thing(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_poster": thing(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_notice": thing(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_day": thing(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_press": deed_on(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_correct": thing(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_count": deed_on(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_wall": thing(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_evaluation": thing(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_rate": deed_on(DRILL_PRESSED, DRILL_READ_NEXT_DOOR),
    "drill_practice": deed_on(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_answers": deed_on(DRILL_READ, DRILL_READ_NEXT_DOOR),
    "drill_observe": deed_on(DRILL_PRESSED, DRILL_READ_NEXT_DOOR),
    "drill_action": thing(DRILL_PRESSED, DRILL_READ_NEXT_DOOR),
    "correctives": shown(ALL_STAFF),
    "corrective": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "corrective_slip": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "corrective_note": deed_on(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "corrective_step": thing(DRILL_OF_HOME, DRILL_NEXT_DOOR),
    "resident_correctives": thing(OF_HOME, OF_NEXT_DOOR),
    # The file of a matter and its brief
    "dossier": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "brief": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "covered_photo": thing(nobody_finds(REQUEST_OF_HOME), nobody_finds(OF_NEXT_DOOR)),
    # Home adaptations: the pages that every matter has, then applying, the notice, the plan, the settings
    "adaptations": shown(ALL_STAFF),
    "adaptation": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "adaptation_slip": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "adaptation_note": deed_on(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "adaptation_step": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "resident_adaptations": thing(OF_HOME, OF_NEXT_DOOR),
    "my_adaptation": thing(MINE, OTHERS),
    "my_adaptation_words": deed_on(MINE, OTHERS),
    "my_adaptation_rating": deed_on(MINE, OTHERS),
    "my_adaptation_step": deed_on(MINE, OTHERS),
    "report_fault": thing(*registrars(RECEPTION, OFFICER, MANAGER, STREET, SPECIALIST, NEIGHBOUR)),
    "my_report": thing(MINE, OTHERS),
    "warranties": shown(ALL_STAFF),
    "warranty": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "warranty_slip": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "warranty_note": deed_on(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "warranty_step": thing(REQUEST_OF_HOME, OF_NEXT_DOOR),
    "resident_warranties": thing(OF_HOME, OF_NEXT_DOOR),
    "my_warranty": thing(MINE, OTHERS),
    "my_warranty_words": deed_on(MINE, OTHERS),
    "my_warranty_rating": deed_on(MINE, OTHERS),
    "my_warranty_step": deed_on(MINE, OTHERS),
    "apply_who": page(EVERYONE_SIGNED_IN),
    "apply_home": thing(MINE, OTHERS),
    "apply_papers": thing(MINE, OTHERS),
    "my_plan": thing(MINE, OTHERS),
    "public_notice": thing(EVERYONE, EVERYONE),
    "adapt_for": page(only(*REGISTRARS)),
    "adapt_from": thing(*registrars(*REGISTRARS)),
    "adaptation_home": thing(*registrars(*REGISTRARS, STREET)),
    "adaptation_paper": deed_on(*registrars(*REGISTRARS, STREET)),
    "adaptation_consent": deed_on(*registrars(*REGISTRARS, STREET)),
    "adaptation_objection": deed_on(*registrars(*REGISTRARS, STREET)),
    "adaptation_answer": deed_on(only(STREET, ADMIN), only(ADMIN, street_officer="404")),
    "adaptation_plan": thing(only(SPECIALIST, ADMIN), only(ADMIN, eldercare="404")),
    "adaptation_plan_line": thing(only(SPECIALIST, ADMIN), only(ADMIN, eldercare="404")),
    "drop_plan_line": deed_on(only(SPECIALIST, ADMIN), only(ADMIN, eldercare="404")),
    "adaptation_sign": thing(*registrars(*REGISTRARS)),
    "settings_adaptations": shown(PLANNERS),
    "add_programme": page(only(STREET, ADMIN)),
    "edit_programme": thing(only(STREET, ADMIN), nobody_finds(only(STREET, ADMIN))),
    "catalogue_list": Policy(PLANNERS, PLANNERS, nobody_finds(PLANNERS), nobody_finds(PLANNERS)),
    "import_catalogue": page(only(STREET, ADMIN)),
    # Visits
    "book": shown(EVERYONE),
    "book_slots": shown(cells("ok", neighbour="404")),  # their house does not offer it
    "hold_session": Policy(cells("405"), cells("ok", anonymous="in")),
    "book_confirm": thing(MINE, OTHERS),
    "booking": thing(MINE, OTHERS),
    "my_booking_calendar": thing(MINE, OTHERS),
    "change_booking": deed_on(MINE, OTHERS),
    "booking_link": page(EVERYONE),
    "answer_link": page(cells("404")),  # of a token that is none; whoever has one is asked for what only they know
    "booking_calendar": shown(EVERYONE),
    "community_calendar": Policy(EVERYONE, cells("405")),
    "my_calendar": Policy(EVERYONE, cells("405")),
    "visits_today": shown(ALL_STAFF),
    "book_for": page(only(*DESK)),
    "activity_list": shown(only(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    "open_activity": page(only(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    "activity": thing(*registrars(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    "change_activity": thing(*registrars(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    "note_people": deed_on(*registrars(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    "check_in_desk": page(ALL_STAFF),
    "wait_for_activity": thing(EVERYONE_SIGNED_IN, EVERYONE_SIGNED_IN),
    "call_off_activity": deed_on(*registrars(RECEPTION, MANAGER, STREET, NEIGHBOUR, ADMIN)),
    "mark_visit": deed_on(OF_HOME, OF_NEXT_DOOR),
    "visit": thing(OF_HOME, OF_NEXT_DOOR),
    "change_visit": deed_on(*registrars(*DESK)),
    "resident_bookings": thing(OF_HOME, OF_NEXT_DOOR),
    # Elders, their assessment and their home
    "elders": shown(only(*CARERS)),
    "elder_file": thing(*registrars(*CARERS)),
    "resident_elder": thing(*registrars(*CARERS)),
    "hardship_proof": thing(*registrars(*SCORERS)),
    "change_elder": thing(*registrars(OFFICER, MANAGER, SPECIALIST, ADMIN)),
    "set_elder_tier": deed_on(*registrars(OFFICER, MANAGER, SPECIALIST, ADMIN)),
    "elder_family": thing(*registrars(OFFICER, MANAGER, SPECIALIST, ADMIN)),
    "record_welfare_visit": thing(*registrars(RECEPTION, OFFICER, MANAGER, SPECIALIST, NEIGHBOUR, ADMIN)),
    "assess_elder": thing(*registrars(SPECIALIST, ADMIN)),
    "assess": thing(*registrars(*SCORERS)),
    "assess_end": thing(*registrars(*SCORERS)),
    "answer_item": deed_on(*registrars(SPECIALIST, ADMIN)),
    "assess_facts": deed_on(*registrars(SPECIALIST, ADMIN)),
    "close_assessment": deed_on(*registrars(SPECIALIST, ADMIN)),
    "assess_for": thing(*registrars(SPECIALIST, ADMIN)),
    "survey": thing(*registrars(*SCORERS)),
    "add_finding": deed_on(*registrars(OFFICER, SPECIALIST, ADMIN)),
    "drop_finding": deed_on(*registrars(OFFICER, SPECIALIST, ADMIN)),
    # Deliberations
    "deliberations": shown(WITH_ROLE),
    "call_meeting": page(CALLERS),
    "meeting": thing(DELIBERATED, DELIBERATED_NEXT_DOOR),
    "meeting_minutes": thing(DELIBERATED, DELIBERATED_NEXT_DOOR),
    "draw_up_vote": page(CALLERS),
    "vote": thing(DELIBERATED, DELIBERATED_NEXT_DOOR),
    "vote_roll": thing(CALLERS, nobody_finds(CALLERS, MANAGER, STREET, CHARGER)),
    "record_ballot": thing(OF_HOME, OF_NEXT_DOOR),
    "vote_sheets": thing(DELIBERATED, DELIBERATED_NEXT_DOOR),
    "new_objection": page(nobody_finds(ALL_STAFF)),  # the address says about which matter
    "objection": thing(DELIBERATED, DELIBERATED_NEXT_DOOR),
    "opinions": page(WITH_ROLE),
    "open_survey": page(CALLERS),
    "survey_answers": thing(DELIBERATED, DELIBERATED_NEXT_DOOR),
    "survey_by_link": thing(EVERYONE, EVERYONE),
    "public_minutes": shown(EVERYONE),
    "ballot": page(cells("404")),  # of a token that is none
    # What a phone kept without a network
    "kept_forms": shown(WITH_ROLE),
    "settings_kept": Policy(PLANNERS, only(STREET, ADMIN)),
    "settings_dossier": Policy(PLANNERS, only(STREET, ADMIN)),
    # What can be booked, and when
    "settings_home": shown(PLANNERS),
    "settings_closures": page(PLANNERS),
    "settings_hall": page(PLANNERS),
    "add_room": page(PLANNERS),
    "edit_room": thing(PLANNERS, nobody_finds(PLANNERS)),
    "call_off_bookings": deed(PLANNERS),
    "settings_estates": Policy(only(MANAGER, STREET, CHARGER, ADMIN), only(STREET, ADMIN)),
    "edit_estate": thing(only(MANAGER, STREET, CHARGER, ADMIN), nobody_finds(only(MANAGER, STREET, CHARGER, ADMIN))),
    "edit_building": thing(only(MANAGER, STREET, CHARGER, ADMIN), nobody_finds(only(MANAGER, STREET, CHARGER, ADMIN))),
    "settings_clients": page(PLANNERS),
    "settings_calendar": page(PLANNERS),
    "settings_staff": page(PLANNERS),
    "settings_bodies": page(PLANNERS),
    "body": thing(PLANNERS, nobody_finds(PLANNERS)),
    # The administrator plans one house at a time, the one they chose.
    "hand_over": thing(PLANNERS, nobody_finds(PLANNERS)),
    "issue_staff_password": deed_on(only(MANAGER, STREET, ADMIN), nobody_finds(PLANNERS, MANAGER, STREET)),
    "settings_openings": shown(PLANNERS),
    "add_opening": page(PLANNERS),
    "edit_opening": thing(PLANNERS, nobody_finds(PLANNERS)),
    "settings_services": shown(PLANNERS),
    "add_service": page(PLANNERS),
    "edit_service": thing(PLANNERS, nobody_finds(PLANNERS, MANAGER, STREET)),
    # Nothing was given to them here; what was, tests/front/test_given.py walks.
    "given_time": thing(nobody_finds(only(THIRD_PARTY, ADMIN)), nobody_finds(only(THIRD_PARTY, ADMIN))),
    "dues": shown(WITH_ROLE),
    "dues_month": shown(WITH_ROLE),
    "tick_due": thing(
        WITH_ROLE | {OFFICER: "404", THIRD_PARTY: "404", NEIGHBOUR: "404"},
        nobody_finds(WITH_ROLE) | {NEIGHBOUR: "ok", ADMIN: "ok"},
    ),
    "settings_rules": shown(PLANNERS),
    # Of another street's rules neither page shows anything here.
    "rule_set": thing(PLANNERS, nobody_finds(PLANNERS)),
    "change_rule": thing(only(STREET, ADMIN), nobody_finds(only(STREET, ADMIN))),
    "import_rules": thing(only(STREET, ADMIN), nobody_finds(only(STREET, ADMIN))),
    "settings_categories": shown(PLANNERS),
    "add_category": page(only(STREET, ADMIN)),
    "edit_category": thing(only(STREET, ADMIN), only(ADMIN, street_officer="404")),
    # Sockets: open to whoever stands before one; boxes to who looks after them; the operator's page to operators alone
    "charging_near": shown(EVERYONE),
    "charging_map": shown(EVERYONE),
    "charge_port": thing(EVERYONE, EVERYONE),
    "confirm_port": deed_on(EVERYONE, EVERYONE),
    "charging_operator": shown(only(ADMIN)),
    "import_statuses": page(only(admin="404")),
    "charge_ports": shown(only(*HOME, CHARGER, NEIGHBOUR, ADMIN)),
    "port_labels": shown(only(*HOME, CHARGER, NEIGHBOUR, ADMIN)),
    "charge_point": thing(*registrars(*HOME, CHARGER, NEIGHBOUR, ADMIN)),
    "patrol_sheet": shown(only(*HOME, CHARGER, NEIGHBOUR, ADMIN)),
    "record_patrol": thing(*registrars(*HOME, CHARGER, NEIGHBOUR, ADMIN)),
    "add_point": thing(*registrars(MANAGER, CHARGER, ADMIN)),
    "set_price": deed_on(*registrars(MANAGER, CHARGER, ADMIN)),
    "point_key": deed_on(*registrars(MANAGER, CHARGER, ADMIN)),
    "take_down_port": deed_on(*registrars(MANAGER, CHARGER, ADMIN)),
    "port_faults": shown(ALL_STAFF),
    "port_fault": thing(FAULT_OF_HOME, OF_NEXT_DOOR),
    "port_fault_note": deed_on(FAULT_OF_HOME, OF_NEXT_DOOR),
    "port_fault_step": thing(FAULT_OF_HOME, OF_NEXT_DOOR),
    # Wires: read by everybody who may be asked about them; places and rounds by those who carry them
    "wires": shown(ALL_STAFF),
    "wire": thing(WIRE_OF_HOME, OF_NEXT_DOOR),
    "wire_slip": thing(WIRE_OF_HOME, OF_NEXT_DOOR),
    "wire_note": deed_on(WIRE_OF_HOME, OF_NEXT_DOOR),
    "wire_step": thing(WIRE_OF_HOME, OF_NEXT_DOOR),
    "resident_wires": thing(OF_HOME, OF_NEXT_DOOR),
    "my_wire": thing(MINE, OTHERS),
    "my_wire_words": deed_on(MINE, OTHERS),
    "my_wire_rating": deed_on(MINE, OTHERS),
    "my_wire_step": deed_on(MINE, OTHERS),
    "planned_sites": shown(EVERYONE),
    "planned_site": thing(EVERYONE, EVERYONE),
    "charging_desk": shown(only(*SITERS)),
    "charge_sites": shown(ALL_STAFF),
    "charge_site": thing(SITE_OF_HOME, SITE_NEXT_DOOR),
    "charge_site_note": deed_on(SITE_OF_HOME, SITE_NEXT_DOOR),
    "charge_site_step": thing(SITE_OF_HOME, SITE_NEXT_DOOR),
    "propose_site": page(only(MANAGER, CHARGER, ADMIN)),
    "plan_site": thing(*registrars(MANAGER, CHARGER)),
    "measure_site": thing(*registrars(MANAGER, CHARGER)),
    "measurements": thing(*registrars(MANAGER, STREET, CHARGER)),
    "ask_utility": thing(*registrars(MANAGER, CHARGER)),
    "chase_utility": thing(*registrars(MANAGER, CHARGER)),
    "utility_answer": thing(*registrars(MANAGER, STREET, CHARGER)),
    "waive_rule": thing(*registrars(STREET)),
    "gas_plan": deed_on(*registrars(MANAGER, CHARGER)),
    "sign_site": thing(*registrars(MANAGER, STREET, CHARGER)),
    "acceptance_part": thing(*registrars(MANAGER, STREET, CHARGER)),
    "rounds": shown(only(*SITERS)),
    "round": thing(*registrars(MANAGER, STREET, CHARGER)),
    "new_round": page(only(*SITERS)),
    "change_round": thing(*registrars(MANAGER, STREET, CHARGER)),
    "start_round": deed_on(*registrars(MANAGER, STREET, CHARGER)),
    "close_round": deed_on(*registrars(MANAGER, STREET, CHARGER)),
    "count_estate": thing(*registrars(RECEPTION, OFFICER, MANAGER, STREET, CHARGER, NEIGHBOUR)),
    # Figures
    "dashboard": shown(only(MANAGER, STREET, ADMIN)),
    "dashboard_rows": shown(only(MANAGER, STREET, ADMIN)),
    # The API
    "communities-list": Policy(EVERYONE, cells("405")),
    "sessions-list": Policy(EVERYONE, cells("405")),
    "sessions-detail": Policy(EVERYONE, cells("405")),
    "bookings-list": Policy(API_SIGNED_IN, API_SIGNED_IN),
    "bookings-detail": Policy(API_OF_HOME, API_NO_POST, API_OF_NEXT_DOOR, API_NO_POST),
    "assessments-list": Policy(API_SIGNED_IN, cells("404", anonymous="401")),
    "assessments-detail": Policy(API_SCORES_OF_HOME, API_NO_POST, API_SCORES_NEXT_DOOR, API_NO_POST),
    "assessments-answers": Policy(
        API_NO_POST, API_ASSESSING, API_NO_POST, API_SCORES_NEXT_DOOR, body={"answers.eating": "2"}
    ),
    "assessments-sign": Policy(API_NO_POST, API_SCORES_OF_HOME, API_NO_POST, API_SCORES_NEXT_DOOR),
    "help_requests_api-list": Policy(API_SIGNED_IN, API_SIGNED_IN),
    "help_requests_api-detail": Policy(API_REQUEST_OF_HOME, API_NO_POST, API_OF_NEXT_DOOR, API_NO_POST),
    "help_requests_api-step": Policy(API_NO_POST, API_REQUEST_OF_HOME, API_NO_POST, API_OF_NEXT_DOOR),
    "adaptations_api-list": Policy(API_SIGNED_IN, API_SIGNED_IN),
    "adaptations_api-detail": Policy(API_REQUEST_OF_HOME, API_NO_POST, API_OF_NEXT_DOOR, API_NO_POST),
    "adaptations_api-step": Policy(API_NO_POST, API_REQUEST_OF_HOME, API_NO_POST, API_OF_NEXT_DOOR),
    "port_status": Policy(cells("401"), cells("401")),  # for keys of programs, and for no account
    "charge_sites_api": Policy(EVERYONE, cells("405")),
    "faults_api-list": Policy(API_SIGNED_IN, API_NO_POST),
    "faults_api-detail": Policy(API_FAULT_OF_HOME, API_NO_POST, API_FAULT_NEXT_DOOR, API_NO_POST),
    "faults_api-step": Policy(API_NO_POST, API_FAULT_OF_HOME, API_NO_POST, API_FAULT_NEXT_DOOR),
    "sites_api-list": Policy(API_SIGNED_IN, API_NO_POST),
    "sites_api-detail": Policy(API_SITE_OF_HOME, API_NO_POST, API_SITE_NEXT_DOOR, API_NO_POST),
    "sites_api-step": Policy(API_NO_POST, API_SITE_OF_HOME, API_NO_POST, API_SITE_NEXT_DOOR),
    "wires_api-list": Policy(API_SIGNED_IN, API_SIGNED_IN),
    "wires_api-detail": Policy(API_WIRE_OF_HOME, API_NO_POST, API_OF_NEXT_DOOR, API_NO_POST),
    "wires_api-step": Policy(API_NO_POST, API_WIRE_OF_HOME, API_NO_POST, API_OF_NEXT_DOOR),
    "votes-list": Policy(API_SIGNED_IN, API_NO_POST),
    "votes-detail": Policy(API_VOTE_OF_HOME, API_NO_POST, API_VOTE_NEXT_DOOR, API_NO_POST),
    "votes-ballots": Policy(API_NO_POST, API_VOTE_OF_HOME, API_NO_POST, API_VOTE_NEXT_DOOR),
    "campaign_sessions_api-list": Policy(API_SIGNED_IN, API_NO_POST),
    "campaign_sessions_api-detail": Policy(API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR, API_NO_POST),
    "campaign_sessions_api-step": Policy(API_NO_POST, API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR),
    "drills_api-list": Policy(API_SIGNED_IN, API_NO_POST),
    "drills_api-detail": Policy(API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR, API_NO_POST),
    "drills_api-step": Policy(API_NO_POST, API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR),
    "drills_api-marks": Policy(API_NO_POST, API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR),
    "drills_api-head-counts": Policy(API_NO_POST, API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR),
    "corrective_actions_api-list": Policy(API_SIGNED_IN, API_NO_POST),
    "corrective_actions_api-detail": Policy(API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR, API_NO_POST),
    "corrective_actions_api-step": Policy(API_NO_POST, API_DRILL, API_NO_POST, API_DRILL_NEXT_DOOR),
    "figures": Policy(FIGURES, API_NO_POST, FIGURES_NEXT_DOOR, API_NO_POST),
    "api-root": Policy(API_SIGNED_IN, cells("405", anonymous="401")),
    "schema": Policy(EVERYONE, cells("405")),
    "api_docs": Policy(EVERYONE, cells("405")),
}
