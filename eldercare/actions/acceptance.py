"""验收: each card is kept at once, so that what one begins another finishes; three bodies sign what stands there at the end."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.captured import done_at
from community_portal.casework.actions import authority_over
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.matters.actions.steps import take
from community_portal.matters.notices import tell_officer
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.people.wording import read_name, read_text
from community_portal.places.working_time import WorkCalendar
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.actions import Signer, sign
from community_portal.signing.models import Means
from eldercare.models import (
    AcceptanceLine,
    AcceptanceMember,
    AcceptanceVisit,
    Adaptation,
    Interview,
    LineResult,
    MemberBody,
)
from eldercare.queries.resting import rested_seconds
from eldercare.workflow.built import PASSED, accepted_sum, content_of, lines_of_round, newest_results, passed_count

DOCUMENT = "acceptance"
WAIVER = "waiver"
CHANGED = _("情况有变：这一项刚刚有人改过，下面是现在的样子，请再看一眼。")


def open_round(adaptation: Adaptation, *, at: dt.datetime) -> AcceptanceVisit:
    """The round of its number, with a row for each line that is to be looked at."""
    visit, is_new = AcceptanceVisit.objects.get_or_create(
        adaptation=adaptation, round=adaptation.round, defaults={"opened_at": at}
    )
    if is_new:
        AcceptanceLine.objects.bulk_create(
            AcceptanceLine(visit=visit, line=line) for line in lines_of_round(adaptation)
        )
    return visit


def locked(visit_id: int) -> AcceptanceVisit:
    """Its row is held: nothing is written into a round while somebody decides it. Raises Changed when it is decided."""
    visit = AcceptanceVisit.objects.select_for_update().get(pk=visit_id)
    if visit.decided_at is not None:
        raise Changed(_("情况有变：这一轮验收已经有结果了。"))
    return visit


def authority_to_accept(adaptation: Adaptation, by: User) -> str:
    """Of staff, or of the assessors that were given it. Raises NotAllowed for the contractor's people, whatever else they are."""
    if works_for_contractor(adaptation, by):
        raise NotAllowed(_("施工单位的人不能验收自己的活。"))
    return authority_over(adaptation, by)


def works_for_contractor(adaptation: Adaptation, user: User) -> bool:
    """Now, or at any time since it was ordered, of any contractor that it was ordered from."""
    orders = adaptation.orders.all()
    posts = Membership.objects.filter(user=user, organisation__in=orders.values("contractor"))
    first = orders.first()
    return first is not None and posts.exclude(ends_on__lt=first.ordered_on).exists()


@transaction.atomic
def record_line(
    row: AcceptanceLine,
    *,
    result: str,
    seen: int,
    by: User,
    at: dt.datetime,
    found_quantity: Decimal | None = None,
    found_spec: str = "",
    defect: str = "",
    words: str = "",
    rectify_by: dt.date | None = None,
    photo: ReadFile | None = None,
) -> None:
    """What was found of a line; empty ``result`` opens it again. ``seen`` is the version that the card showed: an older one
    is refused (Changed). Raises Refusal beside ``defect`` or ``rectify_by``."""
    adaptation = locked(row.visit_id).adaptation
    authority = authority_to_accept(adaptation, by)
    if result == LineResult.WAIVED:
        raise Refusal(_("免做要老人（或监护人）和街道签字。"), code="waiver_unsigned", field="result")
    defect, words = read_text(defect, field="defect"), read_text(words, field="words")
    failed = result in (LineResult.FAIL, LineResult.MISSING)
    if failed:
        _must_say_what(defect, rectify_by, done_at(at))
    changes: dict[str, Any] = {
        "result": result,
        "found_quantity": found_quantity,
        "found_spec": found_spec,
        "defect": defect if failed else "",
        "rectify_by": rectify_by if failed else None,
        "words": words,
    }
    _write_line(row, changes, photo=photo, seen=seen, kind="line_accepted", by=by, at=at, authority=authority)


def _must_say_what(defect: str, rectify_by: dt.date | None, at: dt.datetime) -> None:
    if len(defect) < 2:
        raise Refusal(_("请写哪里不对，施工单位才知道改什么。"), code="no_defect", field="defect")
    if rectify_by is None or rectify_by < clock.local(at).date():
        raise Refusal(_("请写哪天前改好，从今天起。"), code="no_rectify_by", field="rectify_by")


def _write_line(
    row: AcceptanceLine,
    changes: dict[str, Any],
    *,
    photo: ReadFile | None,
    seen: int,
    kind: str,
    by: User,
    at: dt.datetime,
    authority: str,
) -> None:
    adaptation = row.visit.adaptation
    found = {"line": row.line.number, "result": changes["result"]}
    event = adaptation.write(kind, by=by, at=at, authority=authority, detail=found)
    if photo is not None:
        kept = keep_file(adaptation.case, photo, kind=AttachmentKind.PHOTO, by=by, at=at, event=event)
        changes["photo"] = kept
    decided = bool(changes["result"])
    changes |= {"checked_by": by if decided else None, "checked_at": done_at(at) if decided else None}
    if not AcceptanceLine.objects.filter(pk=row.pk, version=seen).update(version=F("version") + 1, **changes):
        raise Changed(CHANGED)
    row.refresh_from_db()


@transaction.atomic
def waive_line(
    row: AcceptanceLine,
    *,
    words: str,
    name: str,
    relation: str,
    signature: ReadFile | None,
    street_signature: ReadFile | None,
    seen: int,
    by: User,
    at: dt.datetime,
) -> None:
    """免做: the elder or the guardian and the street sign that this line is left as it is. It counts as waived, never as passed,
    and is not paid. Raises Refusal beside what is missing."""
    adaptation = locked(row.visit_id).adaptation
    authority = authority_to_accept(adaptation, by)
    if not by.is_superuser and not by.has_role_at(adaptation.community_id, Role.STREET_OFFICER):
        raise NotAllowed(_("免做要街道的人来签。"))
    words = read_text(words, field="words")
    if len(words) < 2:
        raise Refusal(_("请写为什么免做。"), code="no_words", field="words")
    content = {"number": adaptation.case.number, "line": row.line.number, "item": row.line.item.name, "why": words}
    common: dict[str, Any] = {
        "document": WAIVER,
        "content": content,
        "part": f"line-{row.pk}",
        "means": Means.FINGER,
        "by": by,
        "at": at,
        "authority": authority,
    }
    elder = Signer(name, relation, resident=adaptation.resident if relation == "self" else None)
    sign(adaptation, signer=elder, needs_own_will=True, signature=signature, **common)
    _sign_for_street(adaptation, by, street_signature, common)
    changes = {"result": LineResult.WAIVED, "words": words, "defect": "", "rectify_by": None}
    _write_line(row, changes, photo=None, seen=seen, kind="line_waived", by=by, at=at, authority=authority)


def _sign_for_street(adaptation: Adaptation, by: User, signature: ReadFile | None, common: dict[str, Any]) -> None:
    try:
        sign(adaptation, signer=Signer(str(by), MemberBody.STREET), signature=signature, **common)
    except Refusal as refusal:
        raise Refusal(refusal.sentence, code=refusal.code, field="street_signature") from refusal


def talks_seen(talks: Iterable[Interview]) -> str:
    """As a page shows them, for the form that comes back from it."""
    return ";".join(_stamp(one) for one in talks)


def _stamp(talk: Interview) -> str:
    return f"{talk.pk}@{talk.at.isoformat()}"


@transaction.atomic
def record_interview(
    adaptation: Adaptation,
    *,
    visit: AcceptanceVisit | None,
    name: str,
    relation: str,
    by: User,
    at: dt.datetime,
    months: int = 0,
    seen: str | None = None,
    **said: Any,
) -> Interview:
    """What somebody said; said again by the same person in the same round, it takes the place of the earlier. Strain, score and
    words as they were given; or ``why_not`` when the elder could not be asked. Raises Changed where an earlier talk is not among
    those ``seen`` (None: whoever writes had no page), or was held later than this one."""
    authority = authority_to_accept(adaptation, by)
    if visit is not None:
        locked(visit.pk)
    name, why_not = read_name(name), said.get("why_not") or ""
    if said.get("score") is None and len(why_not) < 2:
        raise Refusal(_("请选几分；没法谈的，写为什么。"), code="no_score", field="score")
    resident = adaptation.resident if relation == "self" else None
    if said.get("may_be_quoted") and not said.get("words"):
        raise Refusal(_("要引用的话先写下来。"), code="nothing_to_quote", field="words")
    same: dict[str, Any] = {
        "adaptation": adaptation,
        "visit": visit,
        "months": months,
        "name": name,
        "relation": relation,
    }
    there = Interview.objects.filter(**same).first()
    if there and (there.at > done_at(at) or seen is not None and _stamp(there) not in seen.split(";")):
        raise Changed(_("情况有变：刚刚有人又和这位谈过，下面是现在记的，请再看一眼。"))
    told = {"community_id": adaptation.community_id, "resident": resident, "by": by, "at": done_at(at), **said}
    row, _new = Interview.objects.update_or_create(**same, defaults=told)
    adaptation.write("interviewed", by=by, at=at, authority=authority, detail={"who": name})
    return row


@transaction.atomic
def join_party(
    visit: AcceptanceVisit,
    *,
    body: str,
    name: str,
    by: User,
    at: dt.datetime,
    user: User | None = None,
    organisation: Organisation | None = None,
) -> AcceptanceMember:
    """Who takes part for one of the three. Raises Refusal beside ``name`` or ``organisation`` for the contractor's people."""
    adaptation = locked(visit.pk).adaptation
    authority = authority_to_accept(adaptation, by)
    name = read_name(name)
    contractors = adaptation.orders.values("contractor")
    theirs = Membership.objects.filter(organisation__in=contractors)
    if organisation and adaptation.orders.filter(contractor=organisation).exists():
        raise Refusal(_("施工单位不能参加自己的验收。"), code="contractor_accepts", field="organisation")
    if theirs.filter(user__name=name).exists() or user and works_for_contractor(adaptation, user):
        raise Refusal(
            _("%(name)s是施工单位的人，不能参加验收。") % {"name": name}, code="contractor_accepts", field="name"
        )
    member, is_new = AcceptanceMember.objects.get_or_create(
        visit=visit, body=body, name=name, defaults={"user": user, "organisation": organisation}
    )
    if is_new:
        adaptation.write("joined_acceptance", by=by, at=at, authority=authority, detail={"who": name, "body": body})
    return member


@transaction.atomic
def sign_acceptance(
    member: AcceptanceMember, *, signature: ReadFile | None, seen_hash: str, by: User, at: dt.datetime
) -> None:
    """A member signs what stands there, once every line is decided. What changes afterwards makes it stale; it stays readable."""
    visit = locked(member.visit_id)
    adaptation = visit.adaptation
    authority = authority_to_accept(adaptation, by)
    if visit.lines.filter(result="").exists():
        raise Refusal(_("每一项都验完再签。"), code="lines_open", field="signature", status=409)
    member.signing = sign(
        adaptation,
        document=DOCUMENT,
        part=f"member-{member.pk}",
        content=content_of(visit),
        signer=Signer(member.name, member.body, organisation=member.organisation),
        means=Means.FINGER,
        signature=signature,
        seen_hash=seen_hash,
        by=by,
        at=at,
        authority=authority,
    )
    member.save(update_fields=["signing"])


@transaction.atomic
def accept(adaptation: Adaptation, *, by: User, at: dt.datetime, words: str, **given: Any) -> None:
    """Passed by three. Outside working time only with words; two at once are one: the second is told to look again."""
    visit = _undecided_round(adaptation, by)
    _must_explain_the_hour(at, words)
    _must_be_the_first(adaptation)
    changes = {
        "accepted_at": at,
        "accepted_sum": accepted_sum(adaptation),
        "accepted_items": passed_count(adaptation),
        "rested_seconds": rested_seconds(adaptation, at=at),
    }
    take(adaptation, "accept", by=by, at=at, words=words, changes=changes, **given)
    _decide(visit, "accepted", words, at)
    _count_lines(adaptation, at)


def _count_lines(adaptation: Adaptation, at: dt.datetime) -> None:
    """Each line that passed, in whichever round, is counted once, by its category and whether it is basic."""
    for row in newest_results(adaptation).values():
        if row.result in PASSED:
            row.accepted_at, row.community_id = at, adaptation.community_id
            row.counted_as = f"{row.line.item.category}:{'basic' if row.line.item.is_basic else 'optional'}"
            row.save(update_fields=["accepted_at", "community", "counted_as"])


@transaction.atomic
def send_back(adaptation: Adaptation, *, by: User, at: dt.datetime, words: str, **given: Any) -> None:
    """Only what failed is built again and looked at again, in the next round."""
    visit = _undecided_round(adaptation, by)
    take(adaptation, "send_back", by=by, at=at, words=words, changes={"round": adaptation.round + 1}, **given)
    _decide(visit, "sent_back", words, at)
    for user in people_of(adaptation.contractor, on=clock.local(at).date()):
        tell_officer("adapt_rectify", adaptation, user, at=at)


def people_of(organisation: Organisation | None, *, on: dt.date) -> list[User]:
    """Who works there on that day."""
    posts = Membership.objects.in_force(on=on).filter(organisation=organisation, organisation__isnull=False)
    return [post.user for post in posts.select_related("user")]


def _undecided_round(adaptation: Adaptation, by: User) -> AcceptanceVisit | None:
    """None where nobody reported the works done: the table then says what is missing."""
    authority_to_accept(adaptation, by)
    found = adaptation.acceptances.filter(round=adaptation.round).first()
    return locked(found.pk) if found else None


def is_working_time(at: dt.datetime) -> bool:
    """A working day between opening and closing."""
    today = clock.local(at).date()
    return WorkCalendar.load(today, today + dt.timedelta(days=30)).first_working_moment(at) == at


def _must_explain_the_hour(at: dt.datetime, words: str) -> None:
    if not is_working_time(at) and len(read_text(words, field="words")) < 2:
        raise Refusal(_("现在不是上班时间，可以验收，请写一句为什么。"), code="odd_hour", field="words")


def _must_be_the_first(adaptation: Adaptation) -> None:
    others = Adaptation.objects.filter(
        household=adaptation.household_id,
        programme_family=adaptation.programme_family,
        accepted_at__isnull=False,
    )
    if others.exclude(pk=adaptation.pk).exists():
        raise Refusal(_("这一户在同类项目里已经改造验收过了。"), code="already_adapted", status=409)


def _decide(visit: AcceptanceVisit | None, result: str, words: str, at: dt.datetime) -> None:
    if visit is not None:
        AcceptanceVisit.objects.filter(pk=visit.pk).update(
            result=result, words=words[:2000], held_at=at, decided_at=at, version=F("version") + 1
        )
