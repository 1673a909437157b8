"""What is kept for how long, as a table, and the nightly sweep that keeps to it.

A rule is a sentence for people, an age, and the rows that are too old. ``apply`` deletes them unless the rule says otherwise.
Each batch is claimed with SKIP LOCKED, so two sweeps at once share the work and neither waits.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal import clock
from community_portal.people.models import (
    CalendarLink,
    Contact,
    Delegation,
    FileMerge,
    Resident,
    Submission,
    ToldApart,
    User,
)
from community_portal.people.register.queries import file_ids

BATCH = 500
THREE_YEARS = dt.timedelta(days=3 * 365)


@dataclass(frozen=True)
class Rule:
    """``too_old(before)`` are the rows older than ``keep``; ``apply(rows)`` answers how many it dealt with."""

    name: str
    label: str | Promise
    keep: dt.timedelta
    too_old: Callable[[dt.datetime], QuerySet[Any]]
    apply: Callable[[QuerySet[Any]], int]


def _delete(rows: QuerySet[Any]) -> int:
    count = len(rows)
    rows.model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return count


Forget = Callable[[list[int]], None]
FORGETTERS: list[Forget] = []
NOBODY = gettext_noop("已匿名")


def register_forgetter(forget: Forget) -> None:
    """Rooms above add what they hold of a person (each app's forgetting.py): ``forget(resident_ids)``."""
    FORGETTERS.append(forget)


def _anonymise(rows: QuerySet[Resident]) -> int:
    """The file and those merged into it stay as somebody without a name, so that visits and matters still count.

    Everything that tells who it was goes: also what search reads, the history, what other rooms hold, and the account, unless
    somebody who moved away still signs in with it: then it only loses the file.
    """
    count = len(rows)
    ids = [pk for row in rows for pk in file_ids(row)]
    for forget in FORGETTERS:
        forget(ids)
    CalendarLink.objects.filter(user__resident__in=ids).delete()
    _close_accounts(ids)
    Contact.objects.filter(resident__in=ids).delete()
    FileMerge.objects.filter(Q(kept__in=ids) | Q(merged__in=ids)).update(how_known="")
    ToldApart.objects.filter(Q(resident__in=ids) | Q(other__in=ids)).delete()
    Delegation.objects.filter(principal__in=ids).update(relation="", proof="")
    Resident.objects.filter(pk__in=ids).update(
        name=NOBODY,
        sex="",
        born_on=None,
        household=None,
        id_number=None,
        id_hash="",
        note="",
        care_tags=[],
        grams=[],
        pinyin="",
        initials="",
        door="",
        version=F("version") + 1,
    )
    # After the changes: each of them left a line, too.
    _events("ResidentEvent").filter(pgh_obj_id__in=ids).delete()
    _events("ContactEvent").filter(resident_id__in=ids).delete()
    _events("DelegationEvent").filter(principal_id__in=ids).delete()
    return count


def _close_accounts(ids: list[int]) -> None:
    """Of residents; whoever works here, or has worked here, stays in the journals by name."""
    accounts = User.objects.filter(resident__in=ids)
    unused = Q(last_login__isnull=True) | Q(last_login__date__lte=F("resident__moved_out_on"))
    theirs = accounts.filter(
        unused | Q(resident__deceased_on__isnull=False), memberships__isnull=True, is_superuser=False
    )
    User.objects.filter(pk__in=list(theirs.values_list("pk", flat=True))).update(
        name="", phone=None, phone_verified_at=None, is_active=False, session_round=F("session_round") + 1
    )
    accounts.update(resident=None)


def _events(model: str) -> Any:
    return apps.get_model("people", model)._default_manager


def _never_confirmed(before: dt.datetime) -> QuerySet[User]:
    """Rows that somebody's typing of a phone number made, and who never came in; a family's delegate waits for their turn."""
    return User.objects.filter(
        date_joined__lt=before,
        phone__isnull=False,
        phone_verified_at__isnull=True,
        last_login__isnull=True,
        resident__isnull=True,
        memberships__isnull=True,
        acts_for__isnull=True,
        is_staff=False,
        is_superuser=False,
    )


def _left_long_ago(before: dt.datetime) -> QuerySet[Resident]:
    day = clock.local(before).date()
    left = Q(deceased_on__lt=day) | Q(moved_out_on__lt=day)
    return Resident.objects.current().filter(left).exclude(name=NOBODY)


def _without_a_holder(before: dt.datetime) -> QuerySet[CalendarLink]:
    alive = CalendarLink.objects.in_force(on=clock.local(before).date())
    return CalendarLink.objects.exclude(pk__in=alive.values("pk"))


def _history(model: str) -> Callable[[dt.datetime], QuerySet[Any]]:
    return lambda before: _events(model).filter(pgh_created_at__lt=before)


RULES = [
    Rule(
        "submissions", _("已回答的表单"), dt.timedelta(days=1), lambda at: Submission.objects.filter(at__lt=at), _delete
    ),
    Rule("sessions", _("过期的登录"), dt.timedelta(0), lambda at: Session.objects.filter(expire_date__lt=at), _delete),
    Rule("unconfirmed", _("从未确认的账号"), dt.timedelta(days=1), _never_confirmed, _delete),
    Rule("calendar_links", _("停用账号的日历地址"), dt.timedelta(0), _without_a_holder, _delete),
    Rule("left", _("搬走或去世三年以上的人：档案匿名"), THREE_YEARS, _left_long_ago, _anonymise),
    Rule("resident_history", _("档案修改历史"), THREE_YEARS, _history("ResidentEvent"), _delete),
    Rule("contact_history", _("电话修改历史"), THREE_YEARS, _history("ContactEvent"), _delete),
    Rule("delegation_history", _("委托修改历史"), THREE_YEARS, _history("DelegationEvent"), _delete),
]


def register_retention(*rules: Rule) -> None:
    """Rooms above add what they keep for how long (each app's forgetting.py)."""
    RULES.extend(rules)


def count_old(*, at: dt.datetime) -> dict[str, int]:
    """How many rows each rule would deal with now; changes nothing."""
    return {rule.name: rule.too_old(at - rule.keep).count() for rule in RULES}


def sweep(*, at: dt.datetime) -> dict[str, int]:
    """Applies every rule until nothing too old is left; answers how many rows each one dealt with."""
    return {rule.name: _sweep_rule(rule, before=at - rule.keep) for rule in RULES}


def _sweep_rule(rule: Rule, *, before: dt.datetime) -> int:
    total = 0
    while True:
        with transaction.atomic():
            ids = rule.too_old(before).order_by().values("pk")
            rows = rule.too_old(before).model._default_manager.filter(pk__in=ids)
            batch = rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:BATCH]
            dealt = rule.apply(batch) if batch else 0
        total += dealt
        if dealt < BATCH:
            return total
