"""Applying for an adaptation: a draft for a home, what is told about it, its papers, the elder's will, and handing it in."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import in_source_words, open_case, open_part, start_matter, take_step
from community_portal.casework.flow import may_open
from community_portal.casework.models import AttachmentKind, Case, Source
from community_portal.casework.uploads import ReadFile, keep_file, keep_photos
from community_portal.matters.actions.steps import authority_in
from community_portal.matters.notices import tell_resident
from community_portal.people.authority import authority_for, is_party, is_staff_authority
from community_portal.people.models import ConsentChannel, DelegationScope, Purpose, Resident, User
from community_portal.people.own_account.consents import WORDINGS, give_consent
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from eldercare.actions.budget import is_open
from eldercare.actions.programmes import open_programmes
from eldercare.models import Adaptation, ApplicationPaper, Programme
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.states import OPEN, State

# Until the street has decided, what was told may be put right.
MAY_BE_CHANGED = frozenset({State.DRAFT, State.SUBMITTED, State.WAITING, State.REVIEWED})
TOLD = (
    "difficulties", "needs", "tenure", "will_be_demolished", "is_unsafe", "is_possible", "other_programme", "works_begun",
)  # fmt: skip
ASKED_FOR = (Purpose.ASSESS, Purpose.PASS_ON)


@transaction.atomic
def apply_for(
    resident: Resident,
    *,
    by: User,
    at: dt.datetime,
    programme: Programme | None = None,
    case: Case | None = None,
    source: str = Source.DESK,
    words: str = "",
    photos: list[ReadFile] | None = None,
    **told: Any,
) -> Adaptation:
    """A draft, on a case of its own or on that of a help request, whose words and photos it shares.

    Raises NotAllowed for who may not apply for them, Refusal ``no_home``, ``no_programme``, ``open_case``.
    """
    authority = _authority_to_apply(by, resident, at=at)
    if resident.household is None:
        raise Refusal(_("先登记住址，才知道改哪一家。"), code="no_home", field="resident")
    programme = _programme_for(resident, programme, on=clock.local(at).date())
    words = read_text(words, field="words") or (case.words if case else str(_("申请适老化改造")))
    case = _case_for(resident, case, words=words, source=source, by=by, at=at)
    matter = Adaptation(
        case=case,
        community=case.community,
        grid=case.grid,
        state=State.DRAFT,
        programme=programme,
        programme_family=programme.family,
        catalogue=programme.catalogue,
        resident=resident,
        household=resident.household,
        **{name: value for name, value in told.items() if name in TOLD},
    )
    matter.needs = read_text(matter.needs, field="needs")
    try:
        with transaction.atomic():
            event = start_matter(matter, by=by, at=at, authority=authority, words=words)
    except IntegrityError as error:
        raise _open_already() from error
    keep_photos(case, photos or [], by=by, at=at, event=event)
    _list_papers(matter, programme)
    return matter


def _authority_to_apply(by: User, resident: Resident, *, at: dt.datetime) -> str:
    scope = DelegationScope.APPLY
    authority = authority_for(by, resident=resident, community_id=resident.community_id, scope=scope, at=at)
    if authority.startswith("role:") and not may_open(ADAPTATION, by, resident.community):
        raise NotAllowed(_("改造由社区登记申请。"))
    return authority


def _programme_for(resident: Resident, programme: Programme | None, *, on: dt.date) -> Programme:
    street = resident.community.street
    found = [programme] if programme else open_programmes(street, on=on)[:1]
    if not found or found[0].street_id != street.pk or not is_open(found[0], on=on):
        raise Refusal(_("现在没有在收申请的改造项目，请问社区。"), code="no_programme", field="programme")
    return found[0]


def _case_for(resident: Resident, case: Case | None, *, words: str, source: str, by: User, at: dt.datetime) -> Case:
    """The case of the help request; one of its own where there is none, or where an earlier adaptation has it."""
    if Adaptation.objects.filter(household=resident.household, state__in=OPEN).exists():
        raise _open_already()
    title = in_source_words(_("适老化改造"))
    if case is not None and case.resident_id != resident.pk:
        raise Refusal(_("这件求助说的是另一位居民。"), code="other_resident", field="resident")
    if case is not None:
        taken = Adaptation.objects.filter(case=case).exists()
        return open_part(case, title=title, words=words, source=source, by=by, at=at) if taken else case
    contact = resident.contacts.first()
    home: Any = resident.household
    return open_case(
        community=resident.community,
        grid=home.grid,
        resident=resident,
        asker=None,
        title=title,
        words=words,
        source=source,
        address=home.official,
        phone_tail=contact.phone[-4:] if contact else "",
        by=by,
        at=at,
    )


def _open_already() -> Refusal:
    return Refusal(_("这一户已经有一件改造在办，不用再申请。"), code="open_case", field="resident", status=409)


def _list_papers(matter: Adaptation, programme: Programme) -> None:
    english = [*programme.papers_en, *[""] * len(programme.papers)]
    ApplicationPaper.objects.bulk_create(
        ApplicationPaper(adaptation=matter, code=f"paper-{n}", name=name, name_en=english[n - 1])
        for n, name in enumerate(programme.papers, start=1)
    )


def is_applicant(adaptation: Adaptation, user: Any, *, at: dt.datetime) -> bool:
    """The elder, who asked, or somebody who may apply for them."""
    case = adaptation.case
    return is_party(user, resident=case.resident, asker=None, scope=DelegationScope.APPLY, on=clock.local(at).date())


def _authority_over(adaptation: Adaptation, by: User, *, at: dt.datetime) -> str:
    """Of an applicant, or of staff; raises NotAllowed for anybody else."""
    if is_applicant(adaptation, by, at=at):
        return _authority_to_apply(by, adaptation.resident, at=at)
    authority = authority_in(adaptation, by, at=at)
    if authority.startswith("delegation:"):
        raise NotAllowed(_("要先有“申请服务和补贴”的委托，才能代为申请。"))
    return authority


@transaction.atomic
def tell_about_home(adaptation: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, **told: Any) -> None:
    """What is hard at home, and how it stands with the house; until the street has decided."""
    authority = _authority_over(adaptation, by, at=at)
    values = {name: value for name, value in told.items() if name in TOLD}
    if "needs" in values:
        values["needs"] = read_text(values["needs"], field="needs")
    version = adaptation.version if seen is None else seen
    rows = Adaptation.objects.filter(pk=adaptation.pk, version=version, state__in=MAY_BE_CHANGED)
    if not rows.update(version=version + 1, **values):
        raise Changed(_("情况有变：这件申请刚刚有人改过，或者已经核定，请再看一眼。"))
    adaptation.refresh_from_db()
    adaptation.write("told_about_home", by=by, at=at, authority=authority)


@transaction.atomic
def keep_paper(
    paper: ApplicationPaper, *, by: User, at: dt.datetime, file: ReadFile | None = None, was_seen: bool = False
) -> None:
    """One of the papers, as a file; or seen by a member of staff with their own eyes, and nothing of it is kept."""
    adaptation = paper.adaptation
    authority = _authority_over(adaptation, by, at=at)
    if adaptation.state not in MAY_BE_CHANGED:
        raise Changed(_("情况有变：这件申请已经核定，材料不能再改了。"))
    if file is None and not was_seen:
        raise Refusal(_("请选一张照片或一个 PDF，或者勾选“看过原件”。"), code="no_paper", field="file")
    if was_seen and file is None and not is_staff_authority(authority):
        raise NotAllowed(_("看过原件要由工作人员来勾。"))
    if file is not None:
        paper.attachment = keep_file(adaptation.case, file, kind=AttachmentKind.PAPER, by=by, at=at)
    if was_seen:
        paper.seen_by = by
    paper.at = at
    paper.save(update_fields=["attachment", "seen_by", "at"])
    adaptation.write("paper", by=by, at=at, authority=authority, words=paper.name, is_public=True)


@transaction.atomic
def say_yes(adaptation: Adaptation, *, by: User, at: dt.datetime) -> None:
    """The elder wants it; nobody applies against their will. Assessors and builders may come, too, when it is they who say so,
    or staff who heard it."""
    authority = _authority_over(adaptation, by, at=at)
    if adaptation.consent_at is not None:
        return
    if not authority.startswith("delegation:"):
        heard = ConsentChannel.SELF if authority == "self" else ConsentChannel.DESK
        for purpose in ASKED_FOR:
            version = WORDINGS[purpose].version
            give_consent(adaptation.resident, purpose=purpose, version=version, channel=heard, by=by, at=at)
    adaptation.consent_at = at
    Adaptation.objects.filter(pk=adaptation.pk).update(consent_at=at)
    adaptation.write("consented", by=by, at=at, authority=authority, is_public=True)


@transaction.atomic
def submit(adaptation: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """Hands it in. Raises PartsMissing for what is not there yet."""
    party = is_applicant(adaptation, by, at=at)
    authority = _authority_over(adaptation, by, at=at)
    take_step(
        adaptation,
        "submit",
        by=by,
        at=at,
        authority=authority,
        is_party=party,
        seen=seen,
        words=read_text(words, field="words"),
        changes={"submitted_at": at},
        on_behalf_of=None if authority == "self" else adaptation.resident,
    )
    tell_resident("adapt_registered", adaptation, at=at)
