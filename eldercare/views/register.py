"""The register of elders: the list, one elder, and what may be done there. Health, hardship and scores only for those who visit or
decide, and each look is kept."""

from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.casework.served import served
from community_portal.people.actions import note_views
from community_portal.people.models import Look, Resident, ViewLog
from community_portal.people.once import once
from community_portal.people.reach import reader_of
from community_portal.people.register.queries import age_of, file_ids
from community_portal.people.shell import may_change_house
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.spreadsheets import workbook
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import back_to, done, refused, render_page
from community_portal.web.paging import page_by_id
from eldercare.ability import LEVELS, Level
from eldercare.actions import register as deeds
from eldercare.actions.assessments import may_assess
from eldercare.forms.register import ProfileForm, TierForm, WelfareVisitForm, family_forms
from eldercare.models import SCORE_READERS, Adaptation, ElderProfile, Tier, homes_of, reads_scores_of
from eldercare.queries.register import Wanted, due_visit, elders_of, with_visits
from eldercare.workflow.states import READERS

PAGE, MOST, LAST = 30, 5000, 10
ON_THE_FILE = gettext_noop("老人档案")  # why somebody has seen it
OF_A_LIST, EXPORTED = gettext_noop("按能力等级筛选的名单"), gettext_noop("导出名单")


@for_staff(*READERS)
def elders(request: StaffRequest) -> HttpResponse:
    """The elders of one's places, newest profile first; ``as=xlsx`` is the spreadsheet of the same."""
    user = reader_of(request)
    wanted = Wanted(**{key: request.GET.get(key, "").strip()[:60] for key in ("q", "tier", "level", "due")})
    sees_scores = bool(user.is_superuser or user.roles & SCORE_READERS)
    if not sees_scores:
        wanted = Wanted(wanted.q, wanted.tier, "", wanted.due)
    rows = elders_of(user, wanted, on=clock.today())
    if wanted.level and not user.is_superuser:
        rows = rows.filter(homes_of(user, SCORE_READERS, prefix="resident__"))
    if request.GET.get("as") == "xlsx":
        return _exported(request, list(with_visits(rows.order_by("-pk")[:MOST])))
    page = page_by_id(
        with_visits(rows), size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", "")
    )
    if wanted.level:
        _note(request, [elder.resident_id for elder in page.rows], Look.ASSESSMENT, OF_A_LIST)
    context = {
        "page": page,
        "wanted": wanted,
        "today": clock.today(),
        "tiers": Tier.choices,
        "levels": Level.choices if sees_scores else [],
        "dues": [("late", _("探访超期")), ("week", _("七天内要探访"))],
        "with_house": may_change_house(request.user),
    }
    return render_page(request, "eldercare/elders.html", context, fragment="eldercare/elders_rows.html")


def _note(request: StaffRequest, residents: list[int], what: str, why: str) -> None:
    note_views(by=request.user, residents=residents, what=what, why=why, at=clock.now())


def _exported(request: StaffRequest, rows: list[Any]) -> HttpResponse:
    """Who they are, where, how often somebody looks in; nothing of health. Whose line went out stays in the look log."""
    _note(request, [elder.resident_id for elder in rows], Look.EXPORT, EXPORTED)
    head = [_("姓名"), _("年龄"), _("住址"), _("社区"), _("网格"), _("探访等级"), _("下次探访"), _("上次见到")]
    return workbook(f"{_('老人档案')} {clock.today()}", [head, *(_line(elder) for elder in rows)])


def _line(elder: Any) -> list[Any]:
    resident = elder.resident
    home = resident.household
    seen = f"{clock.local(elder.last_seen_at):%Y-%m-%d}" if elder.last_seen_at else ""
    return [
        resident.name, age_of(resident, on=clock.today()), str(home or ""), str(resident.community),
        str(home.grid or "") if home else "", str(elder.get_tier_display()), str(elder.due_on or ""), seen,
    ]  # fmt: skip


def _resident(request: StaffRequest, pk: int) -> Resident:
    """A file in one's places; a grid officer's of the own grids."""
    user = reader_of(request)
    rows = Resident.objects.current().select_related(
        "community__street", "household__building__estate", "household__grid"
    )
    mine = rows if user.is_superuser else rows.filter(homes_of(user, READERS))
    return get_object_or_404(mine, pk=pk)


def _elder(request: StaffRequest, pk: int) -> ElderProfile:
    elder = get_object_or_404(ElderProfile, resident=_resident(request, pk))
    elder.resident = _resident(request, pk)
    return elder


@for_staff(*READERS)
def elder(request: StaffRequest, pk: int) -> HttpResponse:
    """One elder: how they live, whom to ring, who was there; how they are, for those who may know."""
    resident = _resident(request, pk)
    profile = ElderProfile.objects.filter(resident=resident).first()
    return _page(request, resident, profile)


def _page(
    request: StaffRequest, resident: Resident, profile: ElderProfile | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    user = reader_of(request)
    sees = reads_scores_of(user, resident)
    context = {
        "resident": resident,
        "elder": profile,
        "age": age_of(resident, on=clock.today()),
        "sees_scores": sees,
        "may_keep": user.has_role_at(resident.community_id, *deeds.KEEPERS),
        "may_visit": user.has_role_at(resident.community_id, *deeds.VISITORS),
        "may_assess": may_assess(user, resident, None),
        "contacts": resident.contacts.all(),
        "tier_form": TierForm(initial={"seen": profile.version}) if profile else None,
        "today": clock.today(),
        **NOTHING_OF_HEALTH,
        **(_of_profile(profile) if profile else {}),
        **(_of_health(request, resident, profile) if sees else {}),
    }
    return render_page(request, "eldercare/elder.html", context | more, status=status)


def _of_profile(profile: ElderProfile) -> dict[str, Any]:
    visits = profile.welfare_visits.select_related("by")
    return {
        "family": profile.family.all(),
        "due": due_visit(profile),
        "visits": visits[:LAST],
    }


def _of_health(request: StaffRequest, resident: Resident, profile: ElderProfile | None) -> dict[str, Any]:
    """Scores, surveys, adaptations and who looked; that somebody looks now is kept, once a day."""
    ids = file_ids(resident)
    assessments = list(resident.assessments.select_related("assessor_1").order_by("on", "pk"))
    looks = [Look.HEALTH] if profile else []
    looks += [Look.HARDSHIP] if profile and profile.hardship != "none" else []
    looks += [Look.ASSESSMENT] if assessments else []
    for look in looks:
        _note(request, [resident.pk], look, ON_THE_FILE)
    return {
        "history": [one for one in assessments if one.signed_at],
        "bars": _bars([one for one in assessments if one.signed_at]),
        "draft": next((one for one in assessments if not one.signed_at), None),
        "surveys": resident.home_surveys.prefetch_related("findings").select_related("case")[:LAST],
        "adaptations": Adaptation.objects.visible_to(request.user)
        .filter(case__resident__in=ids)
        .select_related("case"),
        "looks": ViewLog.objects.filter(resident__in=ids).select_related("viewer")[:LAST],
    }


def _bars(history: list[Any]) -> list[dict[str, Any]]:
    """The scores of the years as bars of a drawing 100 high; the worst level is the darkest."""
    wide = 44
    return [
        {"x": n * wide, "y": 100 - one.total, "height": one.total, "middle": n * wide + wide // 2 - 4, "of": one,
         "tone": LEVELS.index(Level(one.level_final))}
        for n, one in enumerate(history[-8:])
    ]  # fmt: skip


@for_staff(*SCORE_READERS)
def hardship_proof(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The paper itself, to who reads hardship there; that they looked is kept."""
    profile = _elder(request, pk)
    if not profile.hardship_file or not reads_scores_of(reader_of(request), profile.resident):
        raise Http404
    _note(request, [pk], Look.HARDSHIP, ON_THE_FILE)
    kind = "application/pdf" if profile.proof_name.endswith(".pdf") else "image/jpeg"
    return served(profile.hardship_file, content_type=kind, name=_("困难证明"))


@for_staff(*deeds.KEEPERS)
@once
def change_elder(request: StaffRequest, pk: int) -> HttpResponse:
    """A profile, or what it says anew."""
    resident = _resident(request, pk)
    if not reader_of(request).has_role_at(resident.community_id, *deeds.KEEPERS):
        return refused(
            request, NotAllowed(_("老人档案由养老专员、网格员或书记来记。")), back=reverse("elder_file", args=[pk])
        )
    profile = ElderProfile.objects.filter(resident=resident).first()
    form = ProfileForm(request.POST, request.FILES) if request.method == "POST" else ProfileForm.of(profile)
    if request.method == "POST" and form.is_valid():
        try:
            _say(resident, profile, dict(form.cleaned_data), by=request.user)
            return done(request, _("老人档案记下了。"), "elder_file", pk)
        except Changed as changed:
            return refused(request, changed, back=reverse("elder_file", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    if profile:
        _note(request, [pk], Look.HARDSHIP, ON_THE_FILE)
    context = {"resident": resident, "elder": profile, "form": form}
    return answer_form(request, "eldercare/change_elder.html", context, form)


def _say(resident: Resident, profile: ElderProfile | None, data: dict[str, Any], *, by: Any) -> None:
    seen = data.pop("seen")
    if profile is None:
        deeds.open_profile(resident, by=by, at=clock.now(), **data)
    else:
        deeds.change_profile(profile, seen=seen, by=by, at=clock.now(), **data)


@for_staff(*deeds.KEEPERS)
@require_POST
@once
def set_elder_tier(request: StaffRequest, pk: int) -> HttpResponse:
    """How often somebody looks in: by hand with a reason, or by the rules again."""
    profile = _elder(request, pk)
    form = TierForm(request.POST)
    if form.is_valid():
        try:
            deeds.set_tier(profile, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("探访等级改好了。"), "elder_file", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("elder_file", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    return _page(request, profile.resident, profile, status=422, tier_form=form)


@for_staff(*deeds.KEEPERS)
@once
def elder_family(request: StaffRequest, pk: int) -> HttpResponse:
    """Whom to ring, in order."""
    profile = _elder(request, pk)
    lines = family_forms(profile, request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and lines.is_valid():
        contacts = [line.contact for line in lines if line.contact]
        seen = request.POST.get("seen", "")
        try:
            version = int(seen) if seen.isdecimal() else None
            deeds.set_family(profile, contacts, seen=version, by=request.user, at=clock.now())
            return done(request, _("家人和联系顺序记下了。"), "elder_file", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("elder_file", args=[pk]))
        except Refusal as refusal:
            problem = str(refusal.sentence)
    context = {"resident": profile.resident, "elder": profile, "lines": lines, "problem": problem}
    is_wrong = request.method == "POST"
    return render_page(request, "eldercare/elder_family.html", context, status=422 if is_wrong else 200)


@for_staff(*deeds.VISITORS)
@once
def record_welfare_visit(request: StaffRequest, pk: int) -> HttpResponse:
    """At the door, in three taps: who was seen, whether help is needed, a word if there is one."""
    profile = _elder(request, pk)
    form = WelfareVisitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data["found"]
        try:
            deeds.record_welfare_visit(
                profile,
                was_seen=found != "shut",
                needs_help=found == "help",
                words=form.cleaned_data["words"],
                by=request.user,
                at=clock.now(),
            )
            to = ("field",) if request.POST.get("from") == "field" else ("elder_file", pk)
            return done(request, VISIT_DONE[found], *to)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("elder_file", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    context = {
        "resident": profile.resident,
        "elder": profile,
        "form": form,
        "due": due_visit(profile),
        "today": clock.today(),
        "from": request.GET.get("from", request.POST.get("from", "")),
        "back": back_to(request, reverse("elder_file", args=[pk])),
    }
    return answer_form(request, "eldercare/welfare_visit.html", context, form)


NOTHING_OF_HEALTH: dict[str, Any] = dict.fromkeys(("history", "bars", "draft", "surveys", "adaptations", "looks"))
VISIT_DONE = {
    "well": gettext_lazy("探访记下了。"),
    "help": gettext_lazy("探访记下了。要帮的忙请接着登记求助。"),
    "shut": gettext_lazy("记下了：没见到人，探访还没有完成。"),
}


@for_staff(*READERS)
def resident_elder(request: StaffRequest, pk: int) -> HttpResponse:
    """A panel of a resident's file: that they are on the register, how often somebody looks in, when next."""
    user = reader_of(request)
    resident = get_object_or_404(Resident.objects.visible_to(user).select_related("household", "community"), pk=pk)
    profile = ElderProfile.objects.visible_to(user).filter(resident=resident).first()
    context = {
        "resident": resident,
        "elder": profile,
        "due": due_visit(profile) if profile else None,
        "today": clock.today(),
        "may_keep": user.has_role_at(resident.community_id, *deeds.KEEPERS),
    }
    return render_page(
        request, "eldercare/resident_elder.html", context, fragment="eldercare/resident_elder_panel.html"
    )
