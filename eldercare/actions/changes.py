"""变更: the builder proposes another version of one line, the elder signs it, the street grants it. Until all three have spoken the
plan is as it was."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.answers.actions import revoke_links
from community_portal.matters.actions.steps import take
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from eldercare.actions.budget import bind
from eldercare.actions.invitations import PLAN, invite_to_sign
from eldercare.actions.orders import tell_builder
from eldercare.actions.plans import UNSHARED, add_up, copy_of, put_forward, read_line
from eldercare.models import (
    Adaptation,
    CatalogueItem,
    ChangeOrder,
    LinePhoto,
    PlanLine,
    PlanVersion,
    ProductRecord,
    WorkOrder,
)

DROP = "drop"


@transaction.atomic
def ask_change(
    adaptation: Adaptation,
    *,
    line: PlanLine | None,
    by: User,
    at: dt.datetime,
    words: str,
    what: str = "change",
    item: CatalogueItem | None = None,
    spec: str = "",
    quantity: Decimal | None = None,
    price: Decimal | None = None,
    seen: int | None = None,
) -> ChangeOrder:
    """The builder says which line cannot be done as planned, and what instead (``what`` is ``drop``: nothing). What is not given
    stays. Raises Refusal beside the field that is wrong, ``same_line`` when nothing would change."""
    before = adaptation.signed_plan
    if before is None or line is None or line.plan_id != before.pk:
        raise Refusal(_("请选方案里的一行。"), code="no_line", field="line")
    take(adaptation, "ask_change", by=by, at=at, seen=seen, words=words)
    after = copy_of(adaptation, before, by=by, at=at)
    copied = after.lines.get(number=line.number)
    if what == DROP:
        copied.delete()
    else:
        _rewrite(adaptation, copied, {"item": item, "spec": spec, "quantity": quantity, "price": price})
    if not after.lines.exists():
        raise Refusal(_("一行都不剩了，要终止请联系街道。"), code="nothing_left", field="what")
    add_up(after, adaptation)
    put_forward(after, at=at)
    why = read_text(words, field="words")[:300]
    made = ChangeOrder.objects.create(
        adaptation=adaptation, before=before, after=after, why=why, asked_by=by, asked_at=at
    )
    invite_to_sign(adaptation, after, by=by, at=at)
    return made


def _rewrite(adaptation: Adaptation, line: PlanLine, given: dict[str, Any]) -> None:
    was = {name: getattr(line, name) for name in given}
    now = {name: was[name] if value in (None, "") else value for name, value in given.items()}
    if now == was:
        raise Refusal(_("和原方案一样，没有要变的。"), code="same_line", field="spec")
    kept = ("finding", "answer", "why", "room", "is_self_paid", "ownership")
    values = read_line(adaptation, **now, **{name: getattr(line, name) for name in kept})
    for name, value in (values | UNSHARED).items():
        setattr(line, name, value)
    line.save()


def open_change(adaptation: Adaptation) -> ChangeOrder:
    """The one that waits to be decided. Raises Changed when there is none."""
    found = ChangeOrder.objects.filter(adaptation=adaptation, decided_at=None).select_related("before", "after").first()
    if found is None:
        raise Changed(_("情况有变：没有待定的变更。"))
    return found


@transaction.atomic
def grant_change(
    adaptation: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """The street agrees to what the elder has signed: the works go on by the new version, with its money."""
    change = open_change(adaptation)
    after = change.after
    changes = {"subsidy": after.subsidy, "self_pay": after.self_pay}
    take(adaptation, "grant_change", by=by, at=at, seen=seen, words=words, changes=changes)
    bind(adaptation, after.subsidy)
    ChangeOrder.objects.filter(pk=change.pk).update(granted_by=by, decided_at=at)
    WorkOrder.objects.filter(adaptation=adaptation, refused_at=None).update(plan=after)
    _carry_over(change.before, after)
    tell_builder(adaptation, "adapt_change_decided", at=at)


def _carry_over(before: PlanVersion, after: PlanVersion) -> None:
    """Photos and products of lines that are still done hang on the new version."""
    old = {line.number: line for line in before.lines.all()}
    for line in after.lines.all():
        was = old.get(line.number)
        if was is None:
            continue
        LinePhoto.objects.filter(line=was).update(line=line)
        if was.item_id == line.item_id:
            ProductRecord.objects.filter(line=was).update(line=line)


@transaction.atomic
def refuse_change(adaptation: Adaptation, *, by: User, at: dt.datetime, words: str, seen: int | None = None) -> None:
    """The street does not agree: the plan stays as it was signed."""
    change = open_change(adaptation)
    take(adaptation, "refuse_change", by=by, at=at, seen=seen, words=words)
    ChangeOrder.objects.filter(pk=change.pk).update(is_refused=True, decided_at=at)
    revoke_links(adaptation, purpose=PLAN, at=at)
    tell_builder(adaptation, "adapt_change_decided", at=at)
