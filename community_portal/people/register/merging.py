"""Two files of one person become one, and apart again: what the kept file gains is written down, so undoing is exact."""

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.actions import ALREADY_ON_FILE
from community_portal.people.authority import staff_authority
from community_portal.people.models import (
    Consent,
    Contact,
    Delegation,
    DelegationScope,
    FileMerge,
    Household,
    Resident,
    User,
)
from community_portal.people.own_account.consents import numbers_for_messages
from community_portal.people.register.accounts_of_merge import (
    Onlooker,
    bring_back,
    how_known,
    name_first_number,
    onlookers,
    part,
)
from community_portal.people.register.differences import (
    FIRST_NUMBER,
    MERGED,
    PARTS,
    Part,
    first_number,
    joined_note,
    must_be_chosen,
    refused_purposes,
    same_agents,
    same_numbers,
)
from community_portal.people.register.search_keys import search_keys
from community_portal.people.telling import FILES_MERGED, tell
from community_portal.refusals import Changed, Refusal
from community_portal.web.editions import must_be

UNDO_WITHIN = dt.timedelta(days=30)
NOTHING_CHOSEN: Mapping[str, str] = MappingProxyType({})
OF_THE_NUMBER = ("id_number", "id_hash")  # sealed where they stand, and never different when two files are merged

TakeOver = Callable[..., list[int]]
GiveBack = Callable[..., None]
BELONGINGS: dict[str, tuple[TakeOver, GiveBack]] = {}


def register_belongings(name: str, take_over: TakeOver, give_back: GiveBack) -> None:
    """What of another room goes along with a merge (see apps' belongings.py).

    ``take_over(kept=, merged=, at=)`` answers the ids that changed hands or raises Refusal; ``give_back(ids, kept=, merged=)``.
    """
    BELONGINGS[name] = (take_over, give_back)


@transaction.atomic
def merge_residents(
    *,
    kept: Resident,
    merged: Resident,
    by: User,
    at: dt.datetime,
    seen: str | None = None,
    choices: Mapping[str, str] = NOTHING_CHOSEN,
    proof: str = "",
    statement: str = "",
) -> FileMerge:
    """``merged`` points at ``kept`` and shows up no more; blanks, numbers, care and delegations go over to ``kept``, and where both
    say something else (differences.to_choose) what ``choices`` says: KEPT or MERGED by key. Raises Refusal beside the first
    that nobody has decided.

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
    must_be_mergeable(kept, merged)
    must_be(seen, shown(kept, merged, found))
    must_be_chosen(kept, merged, choices)
    how = how_known(found, proof=proof, statement=statement)
    leave = [] if how else [one for one in found if one.must_prove]
    numbers = _numbers_to_tell(kept, found, leave)
    gained = _unite(kept, merged, choices, leave=leave, by=by, at=at)
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


def must_be_mergeable(kept: Resident, merged: Resident) -> None:
    if kept.merged_into_id or merged.merged_into_id:
        raise Changed(_("其中一份档案已经合并过了，请再看一眼。"))
    if kept.id_hash and merged.id_hash and kept.id_hash != merged.id_hash:
        raise Refusal(_("两份档案的证件号码不同，不会是同一个人。请先核对号码。"), code="ids_differ")
    if _is_closed(kept) != _is_closed(merged):
        raise Refusal(
            _("一份档案已经关闭（去世或搬走），另一份没有。请先把没关的关闭，或把关了的恢复，再合并。"),
            code="one_is_closed",
        )


def _is_closed(file: Resident) -> bool:
    return bool(file.deceased_on or file.moved_out_on)


def _numbers_to_tell(kept: Resident, found: list[Onlooker], leave: list[Onlooker]) -> list[tuple[Resident, str]]:
    """The number of each file that an account sees from now on, as the file has it before, and that of the kept one."""
    files = {file.pk: file for file in [kept, *(one.gains for one in found)]}
    leavers = {one.account.phone for one in leave}
    return [
        (file, number) for file in files.values() for number in numbers_for_messages(file)[:1] if number not in leavers
    ]


def _unite(
    kept: Resident, merged: Resident, choices: Mapping[str, str], *, leave: list[Onlooker], by: User, at: dt.datetime
) -> dict[str, Any]:
    """Writes both files; answers what the kept one gained, and what it had where the other's word counts now."""
    consents = _withdraw_refused(kept, merged, choices, by=by, at=at)  # what each said, before they are read together
    Resident.objects.filter(pk=merged.pk).update(merged_into=kept, version=merged.version + 1)
    written = _write_parts(kept, merged, choices) | {
        "tags": [tag for tag in merged.care_tags if tag not in kept.care_tags],
        "consents": consents,
    }
    parted = [part(one, kept=kept, at=at) for one in leave]
    gained = written | {
        "parted": parted,
        "numbers": _follow_numbers(kept, merged, choices),
        "contacts": _copy_contacts(kept, merged, but={one.account.phone for one in leave}),
        "first": _ring_first(kept, merged, choices),
        "ended": _end_narrower(kept, merged, choices, at=at),
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


def _write_parts(kept: Resident, merged: Resident, choices: Mapping[str, str]) -> dict[str, Any]:
    """Blanks are filled, notes joined, and what was chosen from the other file is written; answers the parts and what they were."""
    taken = [one for one in PARTS if one.words(merged) and _takes(one, kept, choices)]
    values = {column: getattr(merged, column) for one in taken for column in one.columns}
    was = {column: _kept_word(getattr(kept, column)) for column in values if column not in OF_THE_NUMBER}
    note = joined_note(kept, merged)
    if note != kept.note:
        was["note"], values["note"] = kept.note, note
    if values:
        name = values.get("name", kept.name)
        home = merged.household if "household_id" in values else kept.household
        Resident.objects.filter(pk=kept.pk).update(**values | search_keys(name, home))
    return {"fields": sorted(one.key for one in taken), "was": was, "note": values.get("note", "")}


def _takes(one: Part, kept: Resident, choices: Mapping[str, str]) -> bool:
    """The other file's word: where this one says nothing, or because it was chosen."""
    return not one.words(kept) or choices.get(one.key) == MERGED


def _kept_word(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _withdraw_refused(
    kept: Resident, merged: Resident, choices: Mapping[str, str], *, by: User, at: dt.datetime
) -> list[int]:
    """Consents on either file that count no more, because the refusal on the other was chosen."""
    purposes = list(refused_purposes(kept, merged, choices))
    files = Resident.objects.file_ids_of([kept.pk, merged.pk]) if purposes else []
    live = Consent.objects.filter(resident__in=files, purpose__in=purposes, withdrawn_at__isnull=True)
    ids = list(live.values_list("pk", flat=True))
    Consent.objects.filter(pk__in=ids).update(withdrawn_at=at, withdrawn_by=by)
    return ids


def _follow_numbers(kept: Resident, merged: Resident, choices: Mapping[str, str]) -> list[dict[str, Any]]:
    """Numbers on both files of which the other's word was chosen: whose they are, and whether they take messages."""
    chosen = [
        (mine, theirs) for mine, theirs in same_numbers(kept, merged) if choices.get(f"phone_{theirs.pk}") == MERGED
    ]
    for mine, theirs in chosen:
        Contact.objects.filter(pk=mine.pk).update(**_about(theirs))
    return [{"pk": mine.pk, "was": _about(mine), "now": _about(theirs)} for mine, theirs in chosen]


def _about(contact: Contact) -> dict[str, Any]:
    return {"owner": contact.owner, "relation": contact.relation, "wants_messages": contact.wants_messages}


def _ring_first(kept: Resident, merged: Resident, choices: Mapping[str, str]) -> int | None:
    """The other file's first number is rung first, if that was chosen; answers the one that was."""
    before, wanted = first_number(kept), first_number(merged)
    if before is None or wanted is None or choices.get(FIRST_NUMBER) != MERGED:
        return None
    found = Contact.objects.filter(resident=kept, phone=wanted.phone)
    if not found.exists():  # of an account that parts from its file
        return None
    Contact.objects.filter(pk=before.pk).update(is_primary=False)
    found.update(is_primary=True)
    return before.pk


def _end_narrower(kept: Resident, merged: Resident, choices: Mapping[str, str], *, at: dt.datetime) -> list[int]:
    """Delegations of the kept file in whose place that of the other file to the same person was chosen."""
    ids = [mine.pk for mine, _theirs in same_agents(kept, merged) if choices.get(f"agent_{mine.agent_id}") == MERGED]
    Delegation.objects.filter(pk__in=ids).update(revoked_at=at)
    return ids


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
    _write_back(kept, merged, gained)
    if gained.get("parted"):
        bring_back(gained["parted"], kept=kept, at=merge.at)
    _give_back_numbers(kept, gained)
    Delegation.objects.filter(pk__in=gained["delegations"], principal=kept).update(principal=merged)
    _undo_choices(kept, gained, at=merge.at)
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


def _write_back(kept: Resident, merged: Resident, gained: dict[str, Any]) -> None:
    """What was filled is blank and what was chosen as before, unless somebody has written something else there since."""
    was = gained.get("was", {})
    values: dict[str, Any] = {}
    for taken in (one for one in PARTS if one.key in gained["fields"]):
        if all(getattr(kept, column) == getattr(merged, column) for column in taken.columns):
            values |= {column: was.get(column, _blank(column)) for column in taken.columns}
    if gained.get("note") and kept.note == gained["note"]:
        values["note"] = was["note"]
    name, home = values.get("name", kept.name), values.get("household_id", kept.household_id)
    values |= search_keys(name, Household.objects.filter(pk=home).first() if home else None)
    values["care_tags"] = [tag for tag in kept.care_tags if tag not in gained["tags"]]
    Resident.objects.filter(pk=kept.pk).update(version=kept.version + 1, **values)


def _blank(column: str) -> Any:
    field = next(field for field in Resident._meta.concrete_fields if field.attname == column)
    return field.get_default()


def _give_back_numbers(kept: Resident, gained: dict[str, Any]) -> None:
    """Numbers that came go, but for one that somebody has made the first since; whose they are is as it was."""
    if first := Contact.objects.filter(pk=gained.get("first") or 0, resident=kept).first():
        kept.contacts.update(is_primary=False)
        Contact.objects.filter(pk=first.pk).update(is_primary=True)
    Contact.objects.filter(pk__in=gained["contacts"], resident=kept, is_primary=False).delete()
    for number in gained.get("numbers", []):
        Contact.objects.filter(pk=number["pk"], **number["now"]).update(**number["was"])


def _undo_choices(kept: Resident, gained: dict[str, Any], *, at: dt.datetime) -> None:
    """Delegations and consents that the merge itself ended (``at``) stand again, where nothing has taken their place."""
    agents = kept.delegations.filter(revoked_at__isnull=True).values_list("agent", flat=True)
    ended = Delegation.objects.filter(pk__in=gained.get("ended", []), revoked_at=at)
    ended.exclude(agent__in=list(agents)).update(revoked_at=None)
    for consent in Consent.objects.filter(pk__in=gained.get("consents", []), withdrawn_at=at):
        again = Consent.objects.filter(resident=consent.resident_id, purpose=consent.purpose, withdrawn_at__isnull=True)
        if not again.exists():
            Consent.objects.filter(pk=consent.pk).update(withdrawn_at=None, withdrawn_by=None)
