"""Who needs help to leave the house, and who gives it. Why they need it stays in their file: names alone come here."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.matters.actions.steps import authority_in
from community_portal.people.models import CareTag, Resident, User
from community_portal.people.phones import read_phone
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.actions.telling import tell_helper
from safety.models import Drill, Helper
from safety.rights import must_plan
from safety.workflow.states import BEFORE

CANNOT_CARRY = frozenset({CareTag.BEDRIDDEN, CareTag.IMMOBILE, CareTag.DISABLED})


@transaction.atomic
def ask_for_help(drill: Drill, resident: Resident, *, wish: str = "", by: User | None, at: dt.datetime) -> Helper:
    """They are on the list, in their house and on their floor where the drill has it. Asked twice is asked once."""
    if drill.state not in BEFORE:
        raise Changed(_("情况有变：演练已经开始或结束了。"))
    house, floor = _place_of(drill, resident)
    row, is_new = Helper.objects.get_or_create(
        drill=drill,
        resident=resident,
        defaults={
            "community": drill.community, "house": house, "floor": floor, "asked_at": at,
            "wish": read_text(wish, field="wish")[:120],
        },
    )  # fmt: skip
    return row


def _place_of(drill: Drill, resident: Resident) -> tuple[Any, int | None]:
    home = resident.household
    if home is None or home.building_id is None:
        return None, None
    house = drill.houses.filter(premises__building=home.building_id).first()
    floor = floor_of(home.room) if house else None
    return (house, floor) if house and floor and floor <= house.floors else (house, None)


def place_anew(drill: Drill) -> None:
    """Houses of the plan came or went: whoever needs help stands where it has them now."""
    for row in drill.helpers.select_related("resident__household"):
        house, floor = _place_of(drill, row.resident)
        Helper.objects.filter(pk=row.pk).update(house=house, floor=floor)


def floor_of(room: str) -> int | None:
    """502 is on the fifth floor, 1201 on the twelfth; other numbers say nothing."""
    digits = "".join(c for c in room if c.isdigit())
    return int(digits[:-2]) if len(digits) >= 3 else None


@transaction.atomic
def assign_helper(
    row: Helper,
    *,
    name: str,
    phone: str,
    user: User | None = None,
    helper: Resident | None = None,
    backup_name: str = "",
    backup_phone: str = "",
    by: User | None,
    at: dt.datetime,
) -> None:
    """A named helper, told at once. Raises Refusal beside ``name`` for somebody who needs help as well, or for the person."""
    drill = row.drill
    must_plan(drill, by)
    if drill.state not in BEFORE:
        raise Changed(_("情况有变：演练已经开始或结束了。"))
    name = read_text(name, field="name")[:50]
    if not name:
        raise Refusal(_("请写帮扶人的姓名。"), code="no_name", field="name")
    _must_be_able(row, helper)
    row.name, row.phone, row.user, row.helper = name, read_phone(phone), user, helper
    row.backup_name = read_text(backup_name, field="backup_name")[:50]
    row.backup_phone = _read_backup(backup_phone)
    row.assigned_at, row.confirmed_at = at, None
    row.save()
    drill.write("helper", by=by, at=at, authority=authority_in(drill, by, at=at))
    tell_helper(row, at=at)


def _read_backup(text: str) -> str:
    try:
        return read_phone(text) if text.strip() else ""
    except Refusal as refusal:
        refusal.field = "backup_phone"
        raise


def _must_be_able(row: Helper, helper: Resident | None) -> None:
    if helper is None:
        return
    if helper.present_file.pk == row.resident.present_file.pk:
        raise Refusal(_("帮扶人不能是本人。"), code="own_helper", field="name")
    if CANNOT_CARRY & set(helper.care_tags) or row.drill.helpers.filter(resident=helper).exists():
        raise Refusal(_("这一位自己也要人帮，请另选一位。"), code="cannot_help", field="name")


@transaction.atomic
def confirm_helper(row: Helper, *, by: User | None, at: dt.datetime) -> None:
    """They said yes. Said twice is said once."""
    must_plan(row.drill, by)
    if row.assigned_at is None:
        raise Refusal(_("还没有定帮扶人。"), code="nobody", field="name")
    Helper.objects.filter(pk=row.pk, confirmed_at__isnull=True).update(confirmed_at=at)


@transaction.atomic
def drop_helped(row: Helper, *, by: User | None, at: dt.datetime) -> None:
    """They do not take part, or can walk after all."""
    must_plan(row.drill, by)
    if row.drill.state not in BEFORE:
        raise Changed(_("情况有变：演练已经开始或结束了。"))
    if row.marks.exists():
        raise Changed(_("情况有变：当天已经有人按过“见到了”，不能再去掉。"))
    row.delete()
