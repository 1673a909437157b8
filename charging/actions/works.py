"""Building at a place that was approved: the order, the end of the works, the acceptance by others than the builder."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from charging.actions.ports import put_in_service, remove_ports
from charging.actions.telling import tell_the_neighbours
from charging.models import (
    AcceptancePart,
    AcceptanceSigner,
    Body,
    InstallOrder,
    Part,
    Port,
    Round,
    Site,
    SiteAcceptance,
)
from charging.queries.effect import note_effect_before
from charging.rules import limit_at
from charging.workflow.clearance import judge_on
from charging.workflow.roles import CHARGE, SITE_READERS, STREET
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.actions import authority_over, commission, in_source_words
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.matters.actions.steps import take
from community_portal.matters.notices import tell_officer
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal


@transaction.atomic
def order(
    site: Site,
    *,
    contractor: Organisation | None,
    price: Decimal | None = None,
    by: User,
    at: dt.datetime,
    **given: Any,
) -> InstallOrder:
    """The builder sees it from now on. The round is locked meanwhile, so that two orders never overfill it. Raises PartsMissing,
    Refusal beside ``contractor`` or ``price``."""
    judge_on(site, at)
    today, price = clock.local(at).date(), price or Decimal()
    _must_build_here(contractor, site, on=today)
    if site.round_id:
        site.round = Round.objects.select_for_update().get(pk=site.round_id)
        _must_be_paid(site.round, price)
    take(site, "order", by=by, at=at, changes={"contractor": contractor}, **given)
    told: dict[str, Any] = {"contractor": contractor, "ports": site.approved_ports, "price": price}
    made = InstallOrder.objects.create(site=site, ordered_at=at, ordered_by=by, **told)
    commission(site, organisation=contractor, role=Role.CONTRACTOR, by=by, at=at)  # type: ignore[arg-type]
    for member in _members_of(contractor, on=today):
        tell_officer("site_ordered", site, member, at=at)
    return made


def _must_build_here(contractor: Organisation | None, site: Site, *, on: dt.date) -> None:
    if contractor is None or contractor.kind != Role.CONTRACTOR:
        raise Refusal(_("请选一家施工单位。"), code="no_contractor", field="contractor")
    if not Organisation.objects.filter(pk=contractor.pk).working_in(site.community.street).exists():
        raise Refusal(_("这家单位不在本街道施工。"), code="elsewhere", field="contractor")
    if not _members_of(contractor, on=on):
        raise Refusal(_("这家单位还没有能登录的人，派了也没人看到。"), code="nobody_there", field="contractor")


def _members_of(organisation: Organisation | None, *, on: dt.date) -> list[User]:
    posts = Membership.objects.in_force(on=on).filter(organisation=organisation, user__is_active=True)
    return [post.user for post in posts.select_related("user").order_by("id")]


def _must_be_paid(round: Round, price: Decimal) -> None:
    if price < 0:
        raise Refusal(_("造价不能是负的。"), code="bad_price", field="price")
    if round.budget and round.spent + price > round.budget:
        said = _("%(round)s的预算只剩 %(left)s 元。") % {"round": round, "left": round.budget - round.spent}
        raise Refusal(said, code="over_budget", field="price")


@transaction.atomic
def hand_in_gas_plan(site: Site, *, document: ReadFile, by: User, at: dt.datetime) -> None:
    """The plan for working beside the gas pipe, signed with the gas company."""
    found = site.orders.first()
    if found is None or site.state != State.BUILDING:
        raise Changed(_("情况有变：现在不在施工。"))
    event = site.write("gas_plan", by=by, at=at, authority=authority_over(site, by))
    kept = keep_file(site.case, document, kind=AttachmentKind.PAPER, by=by, at=at, event=event, is_public=False)
    InstallOrder.objects.filter(pk=found.pk).update(gas_plan=kept)


@transaction.atomic
def report_done(site: Site, *, by: User, at: dt.datetime, **given: Any) -> SiteAcceptance:
    """It stands. What is to be looked at is opened, of what was sent back only what did not pass."""
    judge_on(site, at)
    take(site, "report_done", by=by, at=at, **given)
    site.orders.update(done_at=at)
    before = site.acceptances.last()
    made = SiteAcceptance.objects.create(site=site, number=before.number + 1 if before else 1, opened_at=at)
    AcceptancePart.objects.bulk_create(
        _parts_again(made, before) if before else _parts_of(made, on=clock.local(at).date())
    )
    return made


def _parts_of(acceptance: SiteAcceptance, *, on: dt.date) -> list[AcceptancePart]:
    """Every part once, switching off circuit by circuit."""
    site = acceptance.site
    most = int(limit_at(site.community, "sockets_per_circuit", 10, on=on))
    circuits = -(-(site.approved_ports or 1) // most)
    return [
        AcceptancePart(acceptance=acceptance, part=part, circuit=n)
        for part in Part.values
        for n in range(1, (circuits if part == Part.SWITCH_OFF else 1) + 1)
    ]


def _parts_again(acceptance: SiteAcceptance, before: SiteAcceptance) -> list[AcceptancePart]:
    """What passed stays passed with who saw it; the rest is open again."""
    again = []
    for part in before.parts.all():
        kept = {name: getattr(part, name) for name in ("passes", "note", "photo", "by", "at")} if part.passes else {}
        again.append(AcceptancePart(acceptance=acceptance, part=part.part, circuit=part.circuit, **kept))
    return again


def _open_acceptance(site: Site) -> SiteAcceptance:
    found = SiteAcceptance.objects.select_for_update(no_key=True).filter(site=site).order_by("number").last()
    if site.state != State.ACCEPTING or found is None:
        raise Changed(_("情况有变：现在不在验收。"))
    return found


def _must_not_have_built(site: Site, by: User, organisation: Organisation | None) -> None:
    firms = {firm for _role, firm in by.organisation_posts}
    if site.contractor_id in firms or organisation is not None and organisation.pk == site.contractor_id:
        raise NotAllowed(_("谁施工的，谁不能验收。"), code="builder_accepts")


@transaction.atomic
def look_at_part(
    part: AcceptancePart,
    *,
    passes: bool | None,
    by: User,
    at: dt.datetime,
    note: str = "",
    photo: ReadFile | None = None,
) -> None:
    """One part passes, or says why it does not; anybody of street and community writes it down. Raises Refusal beside ``passes`` or
    ``note``."""
    site = part.acceptance.site
    acceptance = _open_acceptance(site)
    _must_not_have_built(site, by, None)
    if part.acceptance_id != acceptance.pk:
        raise Changed(_("情况有变：这一次验收已经过去了。"))
    if not by.has_role_at(site.community_id, *SITE_READERS):
        raise NotAllowed(_("验收由街道和社区来做。"))
    note = read_text(note, field="note", longest=200)
    if passes is None:
        raise Refusal(_("请选通过还是不通过。"), code="no_result", field="passes")
    if not passes and len(note) < 2:
        raise Refusal(_("没通过的，请写哪里不行。"), code="no_reason", field="note")
    what = _in_source(PASSED if passes else FAILED, part=part)
    detail = {"part": part.part, "circuit": part.circuit, "passes": passes, "what": what}
    event = site.write("part_looked_at", by=by, at=at, authority=authority_over(site, by), words=note, detail=detail)
    kept = keep_file(site.case, photo, kind=AttachmentKind.PHOTO, by=by, at=at, event=event) if photo else part.photo
    AcceptancePart.objects.filter(pk=part.pk).update(passes=passes, note=note, photo=kept, by=by, at=at)


PASSED, FAILED = gettext_lazy("：%(part)s，通过"), gettext_lazy("：%(part)s，没通过")
SIGNED = gettext_lazy("：%(body)s，%(name)s")


def _in_source(words: Any, **of: Any) -> str:
    """What the journal keeps of a part or a name, whatever the language of who acts."""
    return in_source_words(words) % {name: in_source_words(value) for name, value in of.items()}


# Who may put a name for which body: the street for itself, the community for itself, and either writes down the third.
MAY_SIGN = {Body.STREET: STREET, Body.COMMUNITY: CHARGE, Body.THIRD: CHARGE | STREET}


@transaction.atomic
def sign_acceptance(
    site: Site,
    *,
    body: str,
    name: str,
    by: User,
    at: dt.datetime,
    organisation: Organisation | None = None,
    signature: ReadFile | None = None,
) -> AcceptanceSigner:
    """A name under what was looked at, when every part is decided; one of each body. Raises Refusal beside ``body`` or ``name``."""
    acceptance = _open_acceptance(site)
    if body not in Body.values:
        raise Refusal(_("请选代表哪一方。"), code="no_body", field="body")
    _must_not_have_built(site, by, organisation)
    if not by.has_role_at(site.community_id, *MAY_SIGN[Body(body)]):
        raise NotAllowed(_("这一方要由它自己的人来签。"))
    if body == Body.THIRD and organisation is None:
        raise Refusal(_("请选第三方是哪家单位。"), code="no_organisation", field="organisation")
    if acceptance.parts.filter(passes__isnull=True).exists():
        raise Refusal(_("每一项都验完再签。"), code="parts_open", field="body", status=409)
    name = read_text(name, field="name", longest=60)
    if len(name) < 2:
        raise Refusal(_("请写姓名。"), code="no_name", field="name")
    if acceptance.signers.filter(body=body).exists():
        raise Changed(_("情况有变：这一方刚刚签过了。"))
    signed = {"body": Body(body).label, "name": name}
    detail = {"body": body, "who": name, "what": _in_source(SIGNED, **signed)}
    event = site.write("acceptance_signed", by=by, at=at, authority=authority_over(site, by), detail=detail)
    kept = None
    if signature is not None:
        kept = keep_file(
            site.case, signature, kind=AttachmentKind.SIGNATURE, by=by, at=at, event=event, is_public=False
        )
    return AcceptanceSigner.objects.create(
        acceptance=acceptance, body=body, name=name, organisation=organisation, signature=kept, by=by, at=at
    )


@transaction.atomic
def accept(site: Site, *, by: User, at: dt.datetime, **given: Any) -> None:
    """It is in service from that day; everybody who reported a wire nearby hears of it. Raises PartsMissing."""
    judge_on(site, at)
    _must_not_have_built(site, by, None)
    found = site.acceptances.last()
    if found is not None and site.state == State.ACCEPTING and not site.flow.by_name["accept"].missing_parts(site):
        SiteAcceptance.objects.filter(pk=found.pk).update(accepted_at=at)
    take(site, "accept", by=by, at=at, changes={"in_service_on": clock.local(at).date()}, **given)
    put_in_service(site, on=clock.local(at).date())
    note_effect_before(site)
    tell_the_neighbours(site, "site_opened", words=opened_words(site), by=by, at=at)


def opened_words(site: Site) -> str:
    stand = Port.objects.in_service().filter(point__site=site).count()
    return _("%(place)s有 %(n)s 个充电口，可以充了。") % {"place": site.full_name, "n": stand or site.approved_ports}


@transaction.atomic
def send_back(site: Site, *, by: User, at: dt.datetime, words: str = "", **given: Any) -> None:
    """The builder puts right what did not pass; that alone is looked at again."""
    found = _open_acceptance(site)
    take(site, "send_back", by=by, at=at, words=words, **given)
    SiteAcceptance.objects.filter(pk=found.pk).update(sent_back_at=at)
    for member in _members_of(site.contractor, on=clock.local(at).date()):
        tell_officer("site_sent_back", site, member, at=at)


@transaction.atomic
def remove(site: Site, *, by: User, at: dt.datetime, **given: Any) -> None:
    """Taken down for good with its sockets; it stays in the figures of its time. Raises Refusal while somebody charges there."""
    take(site, "remove", by=by, at=at, changes={"removed_on": clock.local(at).date()}, **given)
    remove_ports(Port.objects.filter(point__site=site), why=given.get("words", ""), at=at)
