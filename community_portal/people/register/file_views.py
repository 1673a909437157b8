"""One file of the register and what may be done with it: change, call, reveal, delegate, merge, close."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.people import actions
from community_portal.people.models import (
    SEES_SENSITIVE,
    STAFF,
    ConsentChannel,
    Contact,
    Look,
    Resident,
    Role,
    ViewLog,
)
from community_portal.people.once import once
from community_portal.people.own_account.consents import give_consent, standings_of, withdraw_consent
from community_portal.people.reach import may_open_at, reader_of, sees_sensitive_at
from community_portal.people.register.accounts_of_merge import onlookers
from community_portal.people.register.differences import preview, to_choose
from community_portal.people.register.forms import (
    CareForm,
    CloseForm,
    ContactForm,
    EditResidentForm,
    MergeForm,
    RevealForm,
    StaffDelegationForm,
)
from community_portal.people.register.idnumber import area_hint, masked
from community_portal.people.register.merging import UNDO_WITHIN, merge_residents, must_be_mergeable, shown, unmerge
from community_portal.people.register.queries import age_of, alike_files, file_ids, told_apart_from
from community_portal.people.register.routing import route_for
from community_portal.people.register.search import search_residents
from community_portal.people.sign_in.codes import account_for_phone
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.editions import edition_of
from community_portal.web.navigation import PANELS, file_deeds
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number

LAST_VIEWS = 5
EDITORS = (Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE)
TO_CHANGE, TO_MERGE = gettext_noop("修改档案"), gettext_noop("合并档案")  # why the care tags were seen there


@for_staff(*STAFF)
def resident_file(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: who, where, how to reach, whom to mind; what happened hangs below as panels of other rooms."""
    resident = _get(request, pk)
    if resident.merged_into_id:
        return HttpResponseRedirect(reverse("resident_file", args=[resident.merged_into_id]))
    return render_page(request, "people/resident_file.html", _file_context(request, resident))


def _get(request: StaffRequest, pk: int) -> Resident:
    rows = Resident.objects.visible_to(reader_of(request)).select_related(
        "community", "household__building__estate", "household__building__grid", "household__grid"
    )
    return get_object_or_404(rows, pk=pk)


@for_staff(*EDITORS)
@once
def close_resident(request: StaffRequest, pk: int) -> HttpResponse:
    """They died or moved out, or that was a mistake (``reopen``)."""
    resident = _get(request, pk)
    form = CloseForm(request.POST or None, auto_id="close_%s")
    by: Any = request.user
    if request.method == "POST":
        try:
            if request.POST.get("reopen"):
                seen = request.POST.get("seen", "")
                version = int(seen) if is_row_number(seen) else resident.version
                actions.reopen_file(resident, by=by, at=clock.now(), seen=version)
                return done(request, _("档案已恢复。原来的委托要重新登记。"), "resident_file", pk)
            if form.is_valid():
                data = dict(form.cleaned_data)
                actions.close_file(resident, by=by, at=clock.now(), **data)
                return done(request, _("已登记。代办委托已收回。"), "resident_file", pk)
        except Changed as changed:
            return refused(request, changed, back=reverse("resident_file", args=[pk]))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = _file_context(request, resident, close_form=form)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


def _told_apart(user: Any, resident: Resident) -> list[tuple[Resident, str, bool]]:
    """Whom they are not, why, and whether this reader may open that file: it may have moved to another house."""
    apart = told_apart_from(resident)
    known = Resident.objects.visible_to(user).filter(pk__in=[other.pk for other, _why in apart])
    may_open = set(known.values_list("pk", flat=True)) if apart else set()
    return [(other, why, other.pk in may_open) for other, why in apart]


def _who_looked(request: StaffRequest, resident: Resident) -> dict[str, Any]:
    """Who looked at what is protected, when and why; for those who answer for the house. ``?views=all`` shows all."""
    user: Any = request.user
    if not user.has_role_at(resident.community_id, Role.MANAGER, Role.STREET_OFFICER):
        return {}
    rows = ViewLog.objects.filter(resident__in=file_ids(resident)).select_related("viewer")
    count = rows.count()
    shown = rows if request.GET.get("views") == "all" else rows[:LAST_VIEWS]
    return {"sees_views": True, "views": shown, "views_count": count if count > len(shown) else 0}


def _file_context(request: StaffRequest, resident: Resident, **more: Any) -> dict[str, Any]:
    user: Any = request.user
    sensitive = sees_sensitive_at(user, resident.community_id)
    needs_care = sensitive and bool(resident.care_tags)
    housemates = Resident.objects.current().filter(household=resident.household).exclude(pk=resident.pk)
    return {
        "resident": resident,
        "age": age_of(resident, on=clock.today()),
        "id_masked": masked(resident.id_number) if resident.id_number else "",
        "contacts": resident.contacts.all(),
        "needs_care": needs_care,
        "tags": resident.care_labels if needs_care and _has_seen_care(user, resident) else [],
        "care_form": CareForm(auto_id="care_%s"),
        "asks_care": False,
        "note": resident.note if sensitive else "",
        "told_apart": _told_apart(user, resident) if sensitive else [],
        "may_call": sensitive,
        "housemates": housemates[:10] if resident.household_id else [],
        "delegations": resident.delegations.in_force(on=clock.today()).select_related("agent"),
        "merges": resident.merges.filter(undone_at__isnull=True, at__gt=clock.now() - UNDO_WITHIN).select_related(
            "merged"
        ),
        "route": route_for(resident.household, on=clock.today()),
        "panels": [(title, reverse(name, args=[resident.pk]), icon) for name, title, icon in PANELS],
        "deeds": file_deeds(user, resident.pk),
        "may_edit": may_open_at(edit, user, resident.community_id),
        "may_delegate": may_open_at(delegations, user, resident.community_id),
        "may_merge": may_open_at(merge, user, resident.community_id),
        "consents": standings_of(resident),
        "consent_channels": [choice for choice in ConsentChannel.choices if choice[0] != ConsentChannel.SELF],
        "reveal_form": RevealForm(auto_id="reveal_%s"),
        "contact_form": ContactForm(auto_id="contact_%s"),
        "delegation_form": StaffDelegationForm(auto_id="delegation_%s"),
        "close_form": CloseForm(auto_id="close_%s", initial={"on": clock.today(), "seen": resident.version}),
        **_who_looked(request, resident),
    } | more


def _has_seen_care(user: Any, resident: Resident) -> bool:
    """Why was said already today."""
    return actions.was_viewed(by=user, resident=resident, what=Look.CARE_TAGS, on=clock.today())


@for_staff(*SEES_SENSITIVE)
def resident_care(request: StaffRequest, pk: int) -> HttpResponse:
    """Why somebody needs care, for a reason that is kept; then the file shows it for the rest of the day."""
    resident = _get(request, pk)
    form = CareForm(request.POST or None, auto_id="care_%s")
    if request.method == "POST" and form.is_valid():
        why, user = form.cleaned_data["reason"], request.user
        actions.note_view(by=user, resident=resident, what=Look.CARE_TAGS, why=why, at=clock.now())
        return HttpResponseRedirect(reverse("resident_file", args=[pk]), status=303)
    context = _file_context(request, resident, care_form=form, asks_care=True)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


@for_staff(*EDITORS)
@once
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Changes a file, unless somebody else did meanwhile."""
    resident = _get(request, pk)
    form = EditResidentForm(request.POST) if request.method == "POST" else EditResidentForm.of(resident)
    sensitive = sees_sensitive_at(request.user, resident.community_id)
    if sensitive and resident.care_tags:
        _note_care(request, [resident], why=TO_CHANGE)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        seen = data.pop("seen")
        data["id_type"] = data["id_type"] or resident.id_type
        if not sensitive:
            data.pop("care_tags")
        try:
            actions.edit_resident(resident, by=request.user, at=clock.now(), seen=seen, changes=data)
            if hint := area_hint(data["id_number"], id_type=data["id_type"]):
                messages.warning(request, hint)
            return done(request, _("已保存。"), "resident_file", resident.pk)
        except Changed as changed:
            return refused(request, changed, back=reverse("resident_file", args=[pk]))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {"form": form, "resident": resident, "sees_sensitive": sensitive}
    return render_page(request, "people/edit_resident.html", context, status=422 if form.errors else 200)


def _note_care(request: StaffRequest, residents: list[Resident], *, why: str) -> None:
    ids, user = [resident.pk for resident in residents], request.user
    actions.note_views(by=user, residents=ids, what=Look.CARE_TAGS, why=why, at=clock.now())


@for_staff(*EDITORS)
@once
def contacts(request: StaffRequest, pk: int) -> HttpResponse:
    """Adds a number, or takes one off (``remove``)."""
    resident = _get(request, pk)
    form = ContactForm(request.POST or None, auto_id="contact_%s")
    if request.method == "POST" and is_row_number(request.POST.get("remove", "")):
        contact = get_object_or_404(Contact, resident=resident, pk=int(request.POST["remove"]))
        actions.remove_contact(contact, by=request.user)
        return done(request, _("已删除。"), "resident_file", pk)
    if request.method == "POST" and is_row_number(request.POST.get("primary", "")):
        contact = get_object_or_404(Contact, resident=resident, pk=int(request.POST["primary"]))
        actions.set_primary(contact, by=request.user)
        return done(request, _("以后先打这个电话。"), "resident_file", pk)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_contact(resident, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已添加。"), "resident_file", pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
    context = _file_context(request, resident, contact_form=form)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


@for_staff(*EDITORS)
def reveal(request: StaffRequest, pk: int) -> HttpResponse:
    """The whole ID number on this one page, for a reason that is kept."""
    resident = _get(request, pk)
    form = RevealForm(request.POST or None, auto_id="reveal_%s")
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.reveal_id_number(
                resident,
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=clock.now(),
            )
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
        else:
            context = _file_context(request, resident, revealed=number)
            return render_page(request, "people/resident_file.html", context)
    context = _file_context(request, resident, reveal_form=form)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


@for_staff(Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER)
@once
def delegations(request: StaffRequest, pk: int) -> HttpResponse:
    """Writes down that the resident lets somebody act for them, or ends it (``revoke``)."""
    resident = _get(request, pk)
    form = StaffDelegationForm(request.POST or None, auto_id="delegation_%s")
    if request.method == "POST" and is_row_number(request.POST.get("revoke", "")):
        delegation = get_object_or_404(resident.delegations, pk=int(request.POST["revoke"]))
        actions.revoke_delegation(delegation, by=request.user, at=clock.now())
        return done(request, _("已收回。"), "resident_file", pk)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        agent = account_for_phone(data.pop("phone"))
        try:
            actions.grant_delegation(principal=resident, agent=agent, by=request.user, at=clock.now(), **data)
            return done(request, _("已登记委托。"), "resident_file", pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = _file_context(request, resident, delegation_form=form)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


@for_staff(*EDITORS)
@require_POST
@once
def consents(request: StaffRequest, pk: int) -> HttpResponse:
    """Writes down what the resident said: they agree to one purpose (``give``, and how we heard it), or take it back."""
    resident, back = _get(request, pk), reverse("resident_file", args=[pk])
    by: Any = request.user
    purpose, version = request.POST.get("purpose", ""), request.POST.get("version", "")
    try:
        if request.POST.get("give"):
            channel = request.POST.get("channel", "")
            give_consent(resident, purpose=purpose, version=version, channel=channel, by=by, at=clock.now())
            return done(request, _("已记下：居民同意。"), "resident_file", pk)
        withdraw_consent(resident, purpose=purpose, by=by, at=clock.now())
        return done(request, _("已记下：居民不同意。"), "resident_file", pk)
    except Refusal as refusal:
        return refused(request, refusal, back=back)


@for_staff(Role.RECEPTIONIST, Role.MANAGER)
@once
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    """Two files of one person: choose the other, look at both, merge; or take a merge back (``unmerge``)."""
    kept = _get(request, pk)
    back = reverse("resident_file", args=[pk])
    other_id = request.POST.get("other") or request.GET.get("other", "")
    other = _get(request, int(other_id)) if is_row_number(other_id) else None
    form = MergeForm(request.POST or None, differences=to_choose(kept, other) if other else [])
    by: Any = request.user
    try:
        if request.method == "POST" and is_row_number(request.POST.get("unmerge", "")):
            merge_row = get_object_or_404(kept.merges, pk=int(request.POST["unmerge"]))
            unmerge(merge_row, by=by, at=clock.now())
            return done(request, _("已撤销合并，两份档案各自独立。"), "resident_file", pk)
        if request.method == "POST" and other and form.is_valid():
            seen = request.POST.get("seen")
            merge_residents(kept=kept, merged=other, by=by, at=clock.now(), seen=seen, **form.answers)
            return done(request, _("已合并。30 天内可以撤销。"), "resident_file", pk)
    except Refusal as refusal:
        if refusal.field not in form.fields:
            return refused(request, refusal, back=back)
        form.add_error(refusal.field, refusal.sentence)
    context = {"resident": kept, "other": other, "form": form} | (
        _both_files(request, kept, other) if other else _other_files(request, kept)
    )
    return render_page(request, "people/merge.html", context, status=422 if form.errors else 200)


def _both_files(request: StaffRequest, kept: Resident, other: Resident) -> dict[str, Any]:
    """What merging would do, and which accounts would see more."""
    found = onlookers(kept, other)
    sensitive = sees_sensitive_at(request.user, kept.community_id)
    if sensitive:
        _note_care(request, [file for file in (kept, other) if file.care_tags], why=TO_MERGE)
    return {
        "told_apart": [why for apart, why in told_apart_from(kept) if apart == other],
        "seen": edition_of(shown(kept, other, found)),
        "lines": preview(kept, other, sees_sensitive=sensitive),
        "onlookers": found,
        "must_prove": any(one.must_prove for one in found),
        "why_not": _why_not(kept, other),
    }


def _why_not(kept: Resident, other: Resident) -> str:
    """Why these two cannot be merged as they are; empty when they can."""
    try:
        must_be_mergeable(kept, other)
    except Refusal as refusal:
        return str(refusal.sentence)
    return ""


def _other_files(request: StaffRequest, kept: Resident) -> dict[str, Any]:
    """Which other file may be this person's: those that look alike, or those found by name."""
    text = request.GET.get("q", "").strip()[:80]
    found = [r for r in search_residents(request.user, text) if r.pk != kept.pk] if text else []
    return {"alike": [] if text else alike_files(kept), "found": found, "q": text}
