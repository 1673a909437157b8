"""What the contractor does: take the order, photos of each line, report that it is done."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import authority_over
from community_portal.casework.models import Attachment, AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.matters.actions.steps import take
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal
from eldercare.actions.acceptance import open_round
from eldercare.models import Adaptation, LinePhoto, Moment, PlanLine, WorkOrder


def order_of(adaptation: Adaptation) -> WorkOrder:
    """The order that was not refused. Raises Refusal when there is none."""
    found = adaptation.orders.filter(refused_at__isnull=True).first()
    if found is None:
        raise Refusal(_("这一户还没有派给施工单位。"), code="no_order", status=409)
    return found


def note_seen(adaptation: Adaptation, by: User, *, at: dt.datetime) -> None:
    """Somebody of the contractor opened it: until then the order stands on the list of those that nobody has seen."""
    firms = {firm for _role, firm in by.organisation_posts}
    rows = WorkOrder.objects.filter(adaptation=adaptation, contractor__in=firms, seen_at__isnull=True)
    rows.update(seen_at=at)


@transaction.atomic
def take_order(
    adaptation: Adaptation,
    *,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    safety_read: bool,
    by: User,
    at: dt.datetime,
    **given: Any,
) -> None:
    """Raises Refusal beside ``starts_on``, ``ends_on`` or ``safety_read``."""
    order = order_of(adaptation)
    if starts_on is None or starts_on < order.ordered_on:
        raise Refusal(_("请写哪天开工，不能早于派单那天。"), code="no_start", field="starts_on")
    if ends_on is not None and ends_on < starts_on:
        raise Refusal(_("完工不能早于开工。"), code="ends_before_start", field="ends_on")
    if not safety_read:
        raise Refusal(_("请先把安全告知读给老人听，再打钩。"), code="safety_unread", field="safety_read")
    take(adaptation, "take_order", by=by, at=at, detail={"starts_on": starts_on.isoformat()}, **given)
    changes = {"starts_on": starts_on, "ends_on": ends_on, "safety_read_at": at, "seen_at": order.seen_at or at}
    WorkOrder.objects.filter(pk=order.pk).update(**changes)


@transaction.atomic
def refuse_order(adaptation: Adaptation, *, by: User, at: dt.datetime, words: str, **given: Any) -> None:
    """It stays readable with its words; another contractor may have it."""
    order = order_of(adaptation)
    take(adaptation, "refuse_order", by=by, at=at, words=words, **given)
    WorkOrder.objects.filter(pk=order.pk).update(refused_at=at, refused_why=read_text(words, field="words")[:300])


@transaction.atomic
def add_line_photo(line: PlanLine, photo: ReadFile, *, moment: str, by: User, at: dt.datetime) -> LinePhoto:
    """A photo of a line before or after. One that was taken before the works began, or that stands already somewhere else in
    this home, shows nothing of them: Refusal beside ``photo``. A photo that does not say when it was taken is kept and marked."""
    adaptation = line.plan.adaptation
    authority = authority_over(adaptation, by)
    starts_on = order_of(adaptation).starts_on
    if moment == Moment.AFTER and photo.taken_at and starts_on and clock.local(photo.taken_at).date() < starts_on:
        day = clock.local(photo.taken_at).date()
        raise Refusal(
            _("这张照片是 %(day)s 拍的，早于开工。请拍现在的样子。") % {"day": day}, code="photo_too_old", field="photo"
        )
    event = adaptation.write(
        "line_photo", by=by, at=at, authority=authority, detail={"line": line.number, "moment": moment}
    )
    kept = keep_file(adaptation.case, photo, kind=AttachmentKind.PHOTO, by=by, at=at, event=event)
    _must_be_new(line, kept, moment)
    return LinePhoto.objects.create(
        line=line, moment=moment, attachment=kept, taken_at=kept.taken_at, round=adaptation.round
    )


def _must_be_new(line: PlanLine, kept: Attachment, moment: str) -> None:
    """The same picture is the same file of the case, so its rows tell."""
    used = LinePhoto.objects.filter(attachment=kept).select_related("line__item").first()
    if used is None:
        return
    if used.line_id == line.pk and used.moment == moment:
        sentence: Any = _("这张照片已经传过了。")
    elif used.line_id == line.pk:
        sentence = _("这张就是改造前的照片。请拍改好的样子。")
    else:
        sentence = _("这张照片已经用在“%(line)s”了，每项要拍自己的。") % {"line": used.line}
    raise Refusal(sentence, code="photo_used", field="photo")


@transaction.atomic
def report_done(adaptation: Adaptation, *, by: User, at: dt.datetime, **given: Any) -> None:
    """The works are done, or what failed is put right; the next round of acceptance opens with its lines."""
    order = order_of(adaptation)
    take(adaptation, "report_done", by=by, at=at, **given)
    WorkOrder.objects.filter(pk=order.pk).update(done_on=max(clock.local(at).date(), order.starts_on or dt.date.min))
    open_round(adaptation, at=at)
