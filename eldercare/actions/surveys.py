"""Looking at a home room by room: which rooms were looked at, and what is in the way there."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.captured import done_at, was_offline
from community_portal.casework.actions import authority_over
from community_portal.casework.models import Attachment, AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.matters.actions.steps import take
from community_portal.people.models import Role, User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from eldercare.models import Adaptation, Hazard, HomeSurvey, RoomKind, Severity, SurveyFinding
from eldercare.workflow.states import State

UNITS = ("cm", "°C", "%")
LOOKED_AT_IN = (State.SUBMITTED, State.WAITING, State.REVIEWED, State.ASSESSING, State.PLANNING)


def may_survey(user: User, matter: Adaptation) -> bool:
    """Who goes to look: coordinators and grid officers of the place, and the assessor that it was given to."""
    if user.has_role_at(matter.community_id, Role.ELDERCARE, Role.GRID_OFFICER):
        return True
    return Role.ASSESSOR in matter.roles_given(user)


def open_survey(matter: Adaptation) -> HomeSurvey | None:
    """The one that is being made; None while nobody looks."""
    return HomeSurvey.objects.filter(case=matter.case_id, closed_at__isnull=True).first()


def _survey(matter: Adaptation, *, by: User, at: dt.datetime) -> HomeSurvey:
    """The open one under a lock; begun now where there is none."""
    if not may_survey(by, matter):
        raise NotAllowed(_("看家里要由养老专员、网格员或评估机构来做。"))
    if matter.state not in LOOKED_AT_IN:
        raise Changed(_("情况有变：现在不能再改看家里的记录。"))
    made, _is_new = HomeSurvey.objects.get_or_create(
        case=matter.case,
        closed_at=None,
        defaults={"resident": matter.resident, "surveyed_on": clock.local(done_at(at)).date(), "by": by},
    )
    return HomeSurvey.objects.select_for_update().get(pk=made.pk)


@transaction.atomic
def name_rooms(matter: Adaptation, rooms: Sequence[str], *, by: User, at: dt.datetime) -> HomeSurvey:
    """Which rooms were looked at, also those in which nothing is wrong. A room with a finding stays."""
    if any(room not in RoomKind.values for room in rooms):
        raise Refusal(_("请选看了哪些房间。"), code="no_room", field="rooms")
    survey = _survey(matter, by=by, at=at)
    named = {*rooms, *survey.findings.values_list("room", flat=True)}
    survey.rooms = [room for room in RoomKind.values if room in named]
    survey.version += 1
    survey.save()
    return survey


@transaction.atomic
def add_finding(
    matter: Adaptation,
    *,
    room: str,
    hazard: str,
    severity: int = Severity.SERIOUS,
    measure: Decimal | None = None,
    unit: str = "",
    words: str = "",
    photo: ReadFile | None = None,
    by: User,
    at: dt.datetime,
) -> SurveyFinding:
    """One thing in the way, in one room, which is looked at thereby."""
    _must_be_said(room, hazard, severity, measure, unit)
    survey = _survey(matter, by=by, at=at)
    if room not in survey.rooms:
        survey.rooms = [kind for kind in RoomKind.values if kind in {*survey.rooms, room}]
        survey.version += 1
        survey.save()
    return SurveyFinding.objects.create(
        survey=survey,
        room=room,
        hazard=hazard,
        severity=severity,
        measure=measure,
        unit=unit if measure is not None else "",
        words=read_text(words, field="words", longest=200),
        photo=_kept(matter, photo, by=by, at=at),
        was_offline=was_offline(),
    )


def _must_be_said(room: str, hazard: str, severity: int, measure: Decimal | None, unit: str) -> None:
    if room not in RoomKind.values:
        raise Refusal(_("请选在哪个房间。"), code="no_room", field="room")
    if hazard not in Hazard.values:
        raise Refusal(_("请选是什么问题。"), code="no_hazard", field="hazard")
    if severity not in Severity.values:
        raise Refusal(_("请选有多严重。"), code="no_severity", field="severity")
    if measure is not None and unit not in UNITS:
        raise Refusal(_("量了数就要写单位。"), code="no_unit", field="unit")
    if measure is not None and measure < 0:
        raise Refusal(_("量出来的数不能小于 0。"), code="bad_measure", field="measure")


def _kept(matter: Adaptation, photo: ReadFile | None, *, by: User, at: dt.datetime) -> Attachment | None:
    if photo is None:
        return None
    event = matter.write("photo", by=by, at=at, authority=authority_over(matter, by))
    return keep_file(matter.case, photo, kind=AttachmentKind.PHOTO, by=by, at=at, event=event, is_public=False)


@transaction.atomic
def drop_finding(finding: SurveyFinding, *, matter: Adaptation, by: User, at: dt.datetime) -> None:
    """Written down by mistake, while the survey is open."""
    survey = _survey(matter, by=by, at=at)
    if finding.survey_id != survey.pk:
        raise Changed(_("情况有变：这份记录已经交了，不能再改。"))
    finding.delete()


@transaction.atomic
def look_at_home(matter: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """The home was looked at: what was found stands from now on."""
    take(matter, "look_at_home", by=by, at=at, seen=seen, words=words)
    _close(matter, at=at)


@transaction.atomic
def hand_in(matter: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """Assessment and survey go to whoever makes the plan."""
    take(matter, "hand_in", by=by, at=at, seen=seen, words=words)
    _close(matter, at=at)


def _close(matter: Adaptation, *, at: dt.datetime) -> None:
    HomeSurvey.objects.filter(case=matter.case_id, closed_at__isnull=True, rooms__len__gt=0).update(closed_at=at)
