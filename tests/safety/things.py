"""The things of safety that those who walk meet (tests/access/world.py): each once at home and once next door."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.models import Booking
from community_portal.casework.actions import open_case, open_part, start_matter
from safety.actions.hazards import open_hazard
from safety.models import Campaign, CampaignSession, CorrectiveAction, Drill, Hazard, Premises, Retrofit
from tests.factories import make_estate, make_session
from tests.safety.equipment_things import EQUIPMENT

Place = Any  # of tests/access/world.py, which reads this


def drill(place: Place) -> Drill:
    """One that may be signed up for, with a row of each kind below it, and what an earlier one left to be put right."""

    return place.once("drill", make_drill)


def make_drill(place: Place) -> Drill:
    at, later = clock.now(), clock.now() + dt.timedelta(days=9)
    case = open_case(
        community=place.community, grid=None, resident=None, asker=None, title="演练", words="演练", source="desk",
        phone_tail="", by=None, at=at,
    )  # fmt: skip
    session = make_session(community=place.community, kind="activity", title="演练", starts_at=later, capacity=50)
    made = Drill(
        case=case, community=place.community, state="notified", kinds=["full"], starts_at=later, place="广场",
        ends_at=later + dt.timedelta(hours=1), session=session, notified_at=at,
    )  # fmt: skip
    start_matter(made, by=None, at=at, authority="system")
    premises = Premises.objects.create(
        community=place.community, kind="homes", name=f"{case.number} 楼", floors=2, since=at.date()
    )
    made.houses.create(premises=premises, floors=2, community=place.community)
    made.stations.create(skill="smoke", community=place.community)
    made.points.create(name="广场", expected=5)
    made.objectives.create(number=1, words="撤空")
    made.questions.create(number=1, words="怎么走")
    made.checks.create(what="power")
    made.helpers.create(resident=place.resident, community=place.community, asked_at=at)
    made.observations.create(kind="improve", words="堆物", at=at)
    return made


def corrective(place: Place) -> CorrectiveAction:
    def make(place: Place) -> CorrectiveAction:
        of, at = drill(place), clock.now()
        part = open_part(of.case, title="清堆物", words="堆物", source="drill", by=None, at=at)
        action = CorrectiveAction(
            case=part, community=place.community, drill=of, state="open", state_since=at, due_on=at.date()
        )
        start_matter(action, by=None, at=at, authority="system")
        return action

    return place.once("corrective", make)


def certificate(place: Place) -> Booking:
    """Of a drill that was held, at which the resident was."""

    def make(place: Place) -> Booking:
        session = make_session(
            community=place.community, kind="activity", title="演练过", starts_at=clock.now() + dt.timedelta(days=4)
        )
        made = book(session=session, resident=place.resident, by=None, at=clock.now())
        Booking.objects.filter(pk=made.pk).update(state="arrived", arrived_at=clock.now())
        held = make_drill(place)
        Drill.objects.filter(pk=held.pk).update(state="ended", session=session)
        return made

    return place.once("certificate", make)


def of_drill(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": drill(place).case.number, **more}


def of_corrective(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": corrective(place).case.number, **more}


def campaign_session(place: Place) -> CampaignSession:
    """One that waits for the venue."""

    def make(place: Place) -> CampaignSession:
        at, later = clock.now(), clock.now() + dt.timedelta(days=9)
        campaign = Campaign.objects.create(
            street=place.community.street, name="铁路安全", topic="railway", starts_on=at.date(), audiences=["residents"],
            ends_on=later.date() + dt.timedelta(days=9), created_at=at,
        )  # fmt: skip
        case = open_case(
            community=place.community, grid=None, resident=None, asker=None, title="宣传", words="宣传", source="desk",
            phone_tail="", by=None, at=at,
        )  # fmt: skip
        made = CampaignSession(
            case=case, community=place.community, state="planned", campaign=campaign, venue="estate", place="小区广场",
            starts_at=later, ends_at=later + dt.timedelta(hours=1), audience="residents", places_for=50,
        )  # fmt: skip
        start_matter(made, by=None, at=at, authority="system")
        return made

    return place.once("campaign_session", make)


def premises(place: Place) -> Premises:
    return place.once(
        "premises",
        lambda p: Premises.objects.create(
            community=p.community, kind="homes", name="场所", floors=2, since=clock.today()
        ),
    )


def of_session(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": campaign_session(place).case.number, **more}


def retrofit(place: Place) -> Retrofit:
    """One whose residents are being asked, with a row of each kind below it."""

    def make(place: Place) -> Retrofit:
        case = open_case(
            community=place.community, grid=None, resident=None, asker=None, title="改造", words="堆物", source="desk",
            phone_tail="", by=None, at=clock.now(),
        )  # fmt: skip
        estate = make_estate(community=place.community)
        made = Retrofit(case=case, community=place.community, state="survey", estate=estate, place="架空层")
        start_matter(made, by=None, at=clock.now(), authority="system")
        made.measures.create(kind="board", words="装隔板")
        return made

    return place.once("retrofit", make)


def of_retrofit(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": retrofit(place).case.number, **more}


def hazard(place: Place) -> Hazard:
    """Found by nobody in particular; not yet looked at."""
    return place.once(
        "hazard",
        lambda p: open_hazard(
            community=p.community, kind="blocked_way", words="堆物", place_text="东楼道", source="resident", by=None,
            at=clock.now(), code="123456",
        ),
    )  # fmt: skip


def my_hazard(place: Place) -> Hazard:
    """Reported by whoever lives there."""
    return place.once(
        "my_hazard",
        lambda p: open_hazard(
            community=p.community, kind="lights", words="不亮", place_text="西楼道", source="resident", by=None,
            reporter=p.resident, at=clock.now(),
        ),
    )  # fmt: skip


def of_hazard(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": hazard(place).case.number, **more}


def of_my_hazard(place: Place, **more: Any) -> dict[str, Any]:
    return {"number": my_hazard(place).case.number, **more}


SAFETY: dict[str, Callable[[Place], dict[str, Any]]] = {
    **EQUIPMENT,
    "hazard": of_hazard,
    "hazard_slip": of_hazard,
    "hazard_note": of_hazard,
    "hazard_step": lambda p: of_hazard(p, step="not_hazard"),
    "hazard_notice": of_hazard,
    "hazard_notice_word": of_hazard,
    "my_hazard": of_my_hazard,
    "my_hazard_words": of_my_hazard,
    "my_hazard_rating": of_my_hazard,
    "my_hazard_step": lambda p: of_my_hazard(p, step="reopen"),
    "resident_hazards": lambda p: {"pk": p.resident.pk},
    "hazards_api-detail": lambda p: {"reference": hazard(p).case.number},
    "hazards_api-step": lambda p: {"reference": hazard(p).case.number, "step": "not_hazard"},
    "edit_premises": lambda p: {"pk": premises(p).pk},
    "campaign": lambda p: {"pk": campaign_session(p).campaign_id},
    "change_campaign": lambda p: {"pk": campaign_session(p).campaign_id},
    "session_feedback": of_session,
    "session_photos": of_session,
    "campaign_session": of_session,
    "campaign_session_slip": of_session,
    "campaign_session_note": of_session,
    "campaign_session_step": lambda p: of_session(p, step="cancel"),
    "resident_campaign_sessions": lambda p: {"pk": p.resident.pk},
    "campaign_sessions_api-detail": lambda p: {"reference": campaign_session(p).case.number},
    "campaign_sessions_api-step": lambda p: {"reference": campaign_session(p).case.number, "step": "cancel"},
    "drill_certificate": lambda p: {"pk": certificate(p).pk},
    "drill_join": of_drill,
    "drill": of_drill,
    "drill_slip": of_drill,
    "drill_note": of_drill,
    "drill_step": lambda p: of_drill(p, step="cancel"),
    "resident_drills": lambda p: {"pk": p.resident.pk},
    "drill_plan": of_drill,
    "drill_plan_part": lambda p: of_drill(p, part="points"),
    "drill_plan_remove": lambda p: of_drill(p, part="points", pk=drill(p).points.get().pk),
    "drill_helpers": of_drill,
    "drill_helper": lambda p: of_drill(p, pk=drill(p).helpers.get().pk),
    "drill_check": lambda p: of_drill(p, pk=drill(p).checks.get().pk),
    "drill_people": of_drill,
    "drill_poster": of_drill,
    "drill_notice": of_drill,
    "drill_day": of_drill,
    "drill_roll": of_drill,
    "drill_called": of_drill,
    "drill_press": of_drill,
    "drill_correct": of_drill,
    "drill_count": lambda p: of_drill(p, pk=drill(p).points.get().pk),
    "drill_wall": of_drill,
    "drill_evaluation": of_drill,
    "drill_rate": lambda p: of_drill(p, pk=drill(p).objectives.get().pk),
    "drill_practice": lambda p: of_drill(p, pk=drill(p).stations.get().pk),
    "drill_answers": lambda p: of_drill(p, pk=drill(p).questions.get().pk),
    "drill_observe": of_drill,
    "drill_action": lambda p: of_drill(p, pk=drill(p).observations.get().pk),
    "corrective": of_corrective,
    "corrective_slip": of_corrective,
    "corrective_note": of_corrective,
    "corrective_step": lambda p: of_corrective(p, step="carry"),
    "resident_correctives": lambda p: {"pk": p.resident.pk},
    "retrofit": of_retrofit,
    "retrofit_slip": of_retrofit,
    "retrofit_note": of_retrofit,
    "retrofit_step": lambda p: of_retrofit(p, step="cancel"),
    "retrofit_sheet": of_retrofit,
    "retrofit_row": lambda p: of_retrofit(p, part="measure"),
    "finish_measure": lambda p: of_retrofit(p, pk=retrofit(p).measures.get().pk),
    "retrofit_drop": lambda p: of_retrofit(p, part="measure", pk=retrofit(p).measures.get().pk),
    "resident_retrofits": lambda p: {"pk": p.resident.pk},
    "estate_managers": lambda p: {"pk": retrofit(p).estate_id},
    "retrofits_api-detail": lambda p: {"reference": retrofit(p).case.number},
    "retrofits_api-step": lambda p: {"reference": retrofit(p).case.number, "step": "cancel"},
    "drills_api-detail": lambda p: {"reference": drill(p).case.number},
    "drills_api-step": lambda p: {"reference": drill(p).case.number, "step": "cancel"},
    "drills_api-marks": lambda p: {"reference": drill(p).case.number},
    "drills_api-head-counts": lambda p: {"reference": drill(p).case.number},
    "corrective_actions_api-detail": lambda p: {"reference": corrective(p).case.number},
    "corrective_actions_api-step": lambda p: {"reference": corrective(p).case.number, "step": "carry"},
}
