"""A socket does not work: anybody says so in two taps, the operator repairs it, and not the operator says that it works."""

import datetime as dt
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from charging.actions.fault_news import members_of, tell_operator, tell_reporters
from charging.models import Fault, FaultReason, FaultReport, Port
from charging.workflow.faults import OPEN, Mending
from community_portal import clock
from community_portal.casework.actions import commission, in_source_words, open_case, start_matter, take_step
from community_portal.casework.models import Source
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.matters.actions.steps import take
from community_portal.people.authority import SYSTEM, staff_authority
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal

MOST_PHOTOS = 3


class Reported(NamedTuple):
    """``joined``: somebody had said so before."""

    fault: Fault
    joined: bool


@transaction.atomic
def report_fault(
    port: Port,
    *,
    reason: str,
    at: dt.datetime,
    by: User | None = None,
    words: str = "",
    phone: str = "",
    photos: list[ReadFile] | None = None,
    source: str = "",
    code: str = "",
) -> Reported:
    """A new fault, given to the operator in the same deed; or one voice more for the one that is open. Raises Refusal for a socket
    that does not serve, and beside ``reason`` and ``photos``. ``code`` opens the look-up where the end of a number does not."""
    _must_serve(port)
    if reason not in FaultReason.values:
        raise Refusal(_("请点一下是什么毛病。"), code="no_reason", field="reason")
    if len(photos or []) > MOST_PHOTOS:
        raise Refusal(_("最多 %(n)s 张照片。") % {"n": MOST_PHOTOS}, code="too_many_photos", field="photos")
    words = read_text(words, field="words")[:300] if words.strip() else ""
    fault, joined = _open_one(port), True
    if fault is None:
        tail = code or phone[-4:]
        fault, joined = _begin(port, reason, words, by=by, at=at, tail=tail, source=source)
    if joined:
        fault.write("joined_by", by=by, at=at, authority=_authority(fault, by), words=words)
    report = FaultReport.objects.create(
        fault=fault,
        reason=reason,
        words=words,
        phone=phone,
        account=by,
        last_state=port.state,
        last_state_at=port.state_at,
        at=at,
    )
    keep_photos(fault.case, photos or [], by=by, at=at, event=fault.case.events.filter(matter_id=fault.pk).last())
    if fault.state == Mending.REPAIRED and report.at > (fault.repaired_at or at):
        still_broken_by_scan(fault, at=at)
    return Reported(fault, joined)


def _must_serve(port: Port) -> None:
    if port.removed_on is not None:
        raise Refusal(_("这个插座已经拆了。"), code="removed", status=409)
    if not port.is_in_service:
        raise Refusal(_("这个插座还没有开始用。"), code="not_in_service", status=409)


def _open_one(port: Port) -> Fault | None:
    found = Fault.objects.select_related("case", "community__street", "operator", "port")
    return found.filter(port=port, state__in=OPEN).first()


def _begin(port: Port, reason: str, words: str, **told: Any) -> tuple[Fault, bool]:
    """The new one; or, where another was quicker by a moment, theirs."""
    try:
        with transaction.atomic():
            return _opened(port, reason, words, **told), False
    except IntegrityError as error:
        if "one_open_fault_per_port" not in str(error):
            raise
        fault = _open_one(port)
        if fault is None:
            raise Changed(_("情况有变，请再扫一次。")) from error
        return fault, True


def _opened(port: Port, reason: str, words: str, *, by: User | None, at: dt.datetime, tail: str, source: str) -> Fault:
    site, operator = port.point.site, port.point.operator
    has_people = bool(members_of(operator, on=clock.local(at).date()))
    fault = Fault(
        port=port,
        operator=operator,
        reason=reason,
        community=port.community,
        grid=site.grid,
        state=Mending.WITH_OPERATOR if has_people else Mending.REPORTED,
    )
    said = FaultReason(reason).label
    fault.case = open_case(
        community=port.community,
        grid=site.grid,
        resident=None,
        asker=None,
        title=in_source_words(_("插座 %(code)s：%(what)s") % {"code": port.code, "what": said}),
        words=words or in_source_words(said),
        source=source or (Source.DESK if _is_staff_here(fault, by) else Source.ONLINE),
        address=" ".join(filter(None, [site.full_name, port.point.place])),
        phone_tail=tail,
        by=by,
        at=at,
    )
    start_matter(fault, by=by, at=at, authority=_authority(fault, by), words=words)
    if has_people:
        commission(fault, organisation=operator, by=None, at=at)
        tell_operator(fault, at=at)
    return fault


def _is_staff_here(fault: Fault, by: User | None) -> bool:
    return by is not None and fault.community_id in by.community_ids


def _authority(fault: Fault, by: User | None) -> str:
    """Staff by their role; whoever is signed in speaks for themselves, and who scans a sticker is nobody in particular."""
    if by is None:
        return SYSTEM
    return staff_authority(by, community_id=fault.community_id) if _is_staff_here(fault, by) else "self"


@transaction.atomic
def send_out(fault: Fault, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    take(fault, "send_out", by=by, at=at, **given)
    commission(fault, organisation=fault.operator, by=by, at=at)
    tell_operator(fault, at=at)


@transaction.atomic
def repair(
    fault: Fault,
    *,
    words: str,
    by: User | None,
    at: dt.datetime,
    photos: list[ReadFile] | None = None,
    **given: Any,
) -> None:
    """Everybody who reported it hears, and is asked to try."""
    changes = {"repaired": read_text(words, field="words")[:300], "repaired_at": at}
    event = take(fault, "repair", by=by, at=at, words=words, changes=changes, **given)
    keep_photos(fault.case, photos or [], by=by, at=at, event=event)
    tell_reporters("port_repaired", fault, at=at)


@transaction.atomic
def still_broken(fault: Fault, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    take(fault, "still_broken", by=by, at=at, changes=_AS_BEFORE, **given)
    _back(fault, at=at)


@transaction.atomic
def still_broken_by_scan(fault: Fault, *, at: dt.datetime, seen: int | None = None) -> None:
    """Whoever stands before it says that nothing is better."""
    take_step(fault, "still_broken", by=None, at=at, authority=SYSTEM, seen=seen, changes=_AS_BEFORE)
    _back(fault, at=at)


_AS_BEFORE = {"repaired": "", "repaired_at": None}


def _back(fault: Fault, *, at: dt.datetime) -> None:
    commission(fault, organisation=fault.operator, by=None, at=at)
    tell_operator(fault, at=at)
