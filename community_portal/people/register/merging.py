"""Two files of one person become one, and apart again: what the kept file gains is written down, so undoing is exact."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.actions import ALREADY_ON_FILE
from community_portal.people.authority import staff_authority
from community_portal.people.models import Contact, Delegation, DelegationScope, FileMerge, Resident, User
from community_portal.people.own_account.consents import numbers_for_messages
from community_portal.people.register.accounts_of_merge import (
    Onlooker,
    bring_back,
    how_known,
    name_first_number,
    onlookers,
    part,
)
from community_portal.people.register.idnumber import masked
from community_portal.people.register.search_keys import search_keys
from community_portal.people.telling import FILES_MERGED, tell
from community_portal.refusals import Changed, Refusal
from community_portal.web.editions import must_be
from community_portal.web.spoken import spoken_phone

UNDO_WITHIN = dt.timedelta(days=30)
# A blank on the kept file is filled from the other one.
FILLED = ("household", "sex", "born_on", "id_number")


TakeOver = Callable[..., list[int]]
GiveBack = Callable[..., None]
BELONGINGS: dict[str, tuple[TakeOver, GiveBack]] = {}


def register_belongings(name: str, take_over: TakeOver, give_back: GiveBack) -> None:
    """What of another room goes along with a merge (see apps' belongings.py).

    ``take_over(kept=, merged=, at=)`` answers the ids that changed hands or raises Refusal; ``give_back(ids, kept=, merged=)``.
    """
    BELONGINGS[name] = (take_over, give_back)


@dataclass(frozen=True)
class Difference:
    """One line of the preview: what both files say, and what the kept one will say."""

    label: Any
    kept: str
    merged: str
    becomes: str
    is_joined: bool = False

    @property
    def is_conflict(self) -> bool:
        """Both say something, and not the same: look twice."""
        return bool(self.kept and self.merged and self.kept != self.merged and not self.is_joined)


def preview(kept: Resident, merged: Resident, *, sees_sensitive: bool) -> list[Difference]:
    """What merging would do, line by line; writes nothing."""
    lines = [
        _line(_("姓名"), kept.name, merged.name),
        _line(_("性别"), kept.get_sex_display() if kept.sex else "", merged.get_sex_display() if merged.sex else ""),
        _line(_("出生日期"), kept.born_on, merged.born_on),
        _line(_("证件号码"), masked(kept.id_number or "") if kept.id_number else "", _masked_of(merged)),
        _line(_("住址"), kept.household, merged.household),
        _joined(_("电话"), _phones(kept), _phones(merged)),
    ]
    if sees_sensitive:
        lines.append(_joined(_("需要关照"), kept.care_labels, merged.care_labels))
    return lines


def _masked_of(resident: Resident) -> str:
    return masked(resident.id_number) if resident.id_number else ""


def _phones(resident: Resident) -> list[str]:
    return [spoken_phone(contact.phone) for contact in resident.contacts.all()]


def _line(label: Any, kept: Any, merged: Any) -> Difference:
    return Difference(label, str(kept or ""), str(merged or ""), str(kept or merged or ""))


def _joined(label: Any, kept: list[str], merged: list[str]) -> Difference:
    comma = gettext("、")
    return Difference(
        label, comma.join(kept), comma.join(merged), comma.join(dict.fromkeys([*kept, *merged])), is_joined=True
    )


@transaction.atomic
def merge_residents(
    *,
    kept: Resident,
    merged: Resident,
    by: User,
    at: dt.datetime,
    seen: str | None = None,
    proof: str = "",
    statement: str = "",
) -> FileMerge:
    """``merged`` points at ``kept`` and shows up no more; blanks, numbers, care and delegations go over to ``kept``.

    Past visits and matters stay where they are and are read together (queries.file_ids); what lies ahead and must not
    collide goes over (``register_belongings``). Undone by ``unmerge``. ``seen`` is the edition that the preview showed (``shown``).

    An account behind either file that has to prove itself (accounts_of_merge) comes along with ``proof``, what its owner says
    of the other file, or ``statement``, what staff saw; with neither it parts from its file. Whoever could be seen is told.
    """
    staff_authority(by, community_id=kept.community_id)
    if kept.community_id != merged.community_id or kept.pk == merged.pk:
        raise Refusal(_("只能合并本社区的两份不同档案。"), code="cannot_merge")
    kept, merged = _lock(kept.pk, merged.pk)
    found = onlookers(kept, merged)
    _must_be_mergeable(kept, merged)
    must_be(seen, shown(kept, merged, found))
    how = how_known(found, proof=proof, statement=statement)
    leave = [] if how else [one for one in found if one.must_prove]
    numbers = _numbers_to_tell(kept, found, leave)
    gained = _unite(kept, merged, leave=leave, by=by, at=at)
    try:
        with transaction.atomic():
            row = FileMerge.objects.create(kept=kept, merged=merged, by=by, at=at, gained=gained, how_known=how)
    except IntegrityError as error:
        raise Changed(_("其中一份档案已经合并过了，请再看一眼。")) from error
    if found:
        tell(FILES_MERGED, merge=row, numbers=numbers, come=[o for o in found if o not in leave], leave=leave)
    return row


def shown(kept: Resident, merged: Resident, found: list[Onlooker]) -> list[int]:
    """What the preview is an edition of: both files, and the accounts for which it asks."""
    return [kept.version, merged.version, *(one.account.pk for one in found if one.must_prove)]


def _must_be_mergeable(kept: Resident, merged: Resident) -> None:
    if kept.merged_into_id or merged.merged_into_id:
        raise Changed(_("其中一份档案已经合并过了，请再看一眼。"))
    if kept.id_hash and merged.id_hash and kept.id_hash != merged.id_hash:
        raise Refusal(_("两份档案的证件号码不同，不会是同一个人。请先核对号码。"), code="ids_differ")


def _numbers_to_tell(kept: Resident, found: list[Onlooker], leave: list[Onlooker]) -> list[tuple[Resident, str]]:
    """The number of each file that an account sees from now on, as the file has it before, and that of the kept one."""
    files = {file.pk: file for file in [kept, *(one.gains for one in found)]}
    leavers = {one.account.phone for one in leave}
    return [
        (file, number) for file in files.values() for number in numbers_for_messages(file)[:1] if number not in leavers
    ]


def _unite(kept: Resident, merged: Resident, *, leave: list[Onlooker], by: User, at: dt.datetime) -> dict[str, Any]:
    """Writes both files; answers what the kept one gained."""
    Resident.objects.filter(pk=merged.pk).update(merged_into=kept, version=merged.version + 1)
    gained = _fill_blanks(kept, merged) | {
        "tags": [tag for tag in merged.care_tags if tag not in kept.care_tags],
        "parted": [part(one, kept=kept, at=at) for one in leave],
        "contacts": _copy_contacts(kept, merged, but={one.account.phone for one in leave}),
        "delegations": _take_over_delegations(kept, merged),
        "account": _take_over_account(kept, merged),
        "second_account": _let_second_account_act(kept, merged, by=by, at=at),
        "belongings": {name: take(kept=kept, merged=merged, at=at) for name, (take, _back) in BELONGINGS.items()},
    }
    name_first_number(kept)
    tags = [*kept.care_tags, *gained["tags"]]
    Resident.objects.filter(pk=kept.pk).update(care_tags=tags, version=kept.version + 1)
    return gained


def _lock(kept_pk: int, merged_pk: int) -> tuple[Resident, Resident]:
    """Both rows, always in the same order, so that two who merge the same pair cannot wait for each other."""
    rows = {
        row.pk: row
        for row in Resident.objects.select_for_update(no_key=True).filter(pk__in=[kept_pk, merged_pk]).order_by("pk")
    }
    return rows[kept_pk], rows[merged_pk]


def _fill_blanks(kept: Resident, merged: Resident) -> dict[str, Any]:
    filled = {name: getattr(merged, name) for name in FILLED if not getattr(kept, name) and getattr(merged, name)}
    if filled:
        extra: dict[str, Any] = {"id_hash": merged.id_hash, "id_type": merged.id_type} if "id_number" in filled else {}
        if "household" in filled:
            extra |= search_keys(kept.name, merged.household)
        Resident.objects.filter(pk=kept.pk).update(**filled | extra)
    return {"fields": sorted(filled)}


def _copy_contacts(kept: Resident, merged: Resident, *, but: set[str | None]) -> list[int]:
    """With whose it is and whether it wants messages; ``but`` are numbers of accounts that part from their file."""
    known = set(kept.contacts.values_list("phone", flat=True)) | but
    return [
        Contact.objects.create(
            resident=kept,
            phone=contact.phone,
            owner=contact.owner,
            relation=contact.relation,
            wants_messages=contact.wants_messages,
        ).pk
        for contact in merged.contacts.all()
        if contact.phone not in known
    ]


def _take_over_delegations(kept: Resident, merged: Resident) -> list[int]:
    mine = kept.delegations.filter(revoked_at__isnull=True).values("agent_id")
    own = User.objects.filter(resident=kept).values("pk")
    rows = merged.delegations.filter(revoked_at__isnull=True).exclude(agent_id__in=mine).exclude(agent_id__in=own)
    moved = list(rows.values_list("pk", flat=True))
    Delegation.objects.filter(pk__in=moved).update(principal=kept)
    return moved


def _take_over_account(kept: Resident, merged: Resident) -> int | None:
    account = User.objects.filter(resident=merged).first()
    if account is None or User.objects.filter(resident=kept).exists():
        return None
    User.objects.filter(pk=account.pk).update(resident=kept)
    return account.pk


def _let_second_account_act(kept: Resident, merged: Resident, *, by: User, at: dt.datetime) -> tuple[int, int] | None:
    """They signed in with two telephones, so either file has an account. A file is one account's own: the other acts for it,
    or whoever signs in there could neither book nor ask for anything any more."""
    account = User.objects.filter(resident=merged).first()  # still there: the kept file has its own
    if account is None:
        return None
    User.objects.filter(pk=account.pk).update(resident=None)
    delegation, _made = Delegation.objects.get_or_create(
        principal=kept,
        agent=account,
        revoked_at=None,
        defaults={
            "relation": gettext("本人的另一个号码"),
            "scopes": DelegationScope.values,
            "proof": gettext("合并档案时，两份都有账号"),
            "starts_on": clock.local(at).date(),
            "created_by": by,
            "created_at": at,
        },
    )
    return account.pk, delegation.pk


@transaction.atomic
def unmerge(merge: FileMerge, *, by: User, at: dt.datetime) -> None:
    """Takes a merge back within 30 days: the file stands on its own again and takes along what it had brought."""
    staff_authority(by, community_id=merge.kept.community_id)
    if at - merge.at > UNDO_WITHIN:
        raise Refusal(_("合并已超过 30 天，不能自动撤销。请联系管理员。"), code="too_late_to_unmerge")
    kept, merged = _lock(merge.kept_id, merge.merged_id)
    undone = FileMerge.objects.filter(pk=merge.pk, undone_at__isnull=True).update(undone_at=at, undone_by=by)
    if not undone or merged.merged_into_id != kept.pk:
        raise Changed(_("这次合并已经撤销过了，请再看一眼。"))
    gained = merge.gained
    _empty_again(kept, merged, gained)
    if gained.get("parted"):
        bring_back(gained["parted"], kept=kept, at=merge.at)
    Contact.objects.filter(pk__in=gained["contacts"], resident=kept, is_primary=False).delete()
    Delegation.objects.filter(pk__in=gained["delegations"], principal=kept).update(principal=merged)
    for name, ids in gained.get("belongings", {}).items():
        BELONGINGS[name][1](ids, kept=kept, merged=merged)
    if gained["account"]:
        User.objects.filter(pk=gained["account"], resident=kept).update(resident=merged)
    if second := gained.get("second_account"):
        User.objects.filter(pk=second[0], resident__isnull=True).update(resident=merged)
        Delegation.objects.filter(pk=second[1], revoked_at__isnull=True, created_at=merge.at).update(revoked_at=at)
    try:
        with transaction.atomic():
            Resident.objects.filter(pk=merged.pk).update(merged_into=None, version=merged.version + 1)
    except IntegrityError as error:
        raise Refusal(ALREADY_ON_FILE, code="id_on_file", status=409) from error


def _empty_again(kept: Resident, merged: Resident, gained: dict[str, Any]) -> None:
    """Blanks that were filled become blank, unless somebody has written something else there since."""
    values: dict[str, Any] = {}
    for name in gained["fields"]:
        if getattr(kept, name) == getattr(merged, name):
            values[name] = "" if name == "sex" else None
    if "id_number" in values:
        values["id_hash"] = ""
    if "household" in values:
        values |= search_keys(kept.name, None)
    values["care_tags"] = [tag for tag in kept.care_tags if tag not in gained["tags"]]
    Resident.objects.filter(pk=kept.pk).update(version=kept.version + 1, **values)
