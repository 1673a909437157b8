"""My account: name, comfort, whom I act for and who acts for me; choosing one's community and language."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from community_portal import clock
from community_portal.people.actions import revoke_delegation
from community_portal.people.models import CalendarLink, Contact, Delegation, DelegationScope, User
from community_portal.people.once import once
from community_portal.people.own_account import actions as own_account
from community_portal.people.own_account.consents import give_consent, standings_of, withdraw_consent
from community_portal.people.own_account.language import keep_language
from community_portal.people.own_account.linking import likely_file, link_account
from community_portal.people.phones import read_mobile
from community_portal.people.register.forms import read
from community_portal.people.shell import COMMUNITY_COOKIE, houses_of
from community_portal.people.wording import read_name
from community_portal.places.models import Community
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.inputs import DayField
from community_portal.web.pages import A_YEAR, back_to, done, refused, render_page


class DelegationForm(forms.Form):
    """Whom I let act for me."""

    phone = forms.CharField(
        label=_("家人的手机号"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "type": "tel"}),
        error_messages={"required": _("请填家人的手机号，11 位数字。")},
    )
    relation = forms.CharField(
        label=_("他（她）是我的"),
        max_length=20,
        help_text=_("如：女儿、儿子、邻居"),
        error_messages={"required": _("请写他（她）是您的什么人，如“女儿”。")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以替我"),
        choices=DelegationScope.choices,
        widget=forms.CheckboxSelectMultiple,
        # What costs money or binds them is ticked on purpose, or not at all.
        initial=[scope.value for scope in DelegationScope if scope != DelegationScope.APPLY],
        error_messages={"required": _("请至少选一项。")},
    )
    ends_on = DayField(
        label=_("到哪一天"),
        required=False,
        help_text=_("不填就一直有效，随时可以收回。"),
        error_messages={"invalid": _("请写一个日期，如 2027-03-08。")},
    )

    def clean_phone(self) -> str:
        return read(read_mobile, self.cleaned_data["phone"])


class LinkForm(forms.Form):
    """Proof that a file with my phone is mine."""

    proof = forms.CharField(
        label=_("出生年月日，或身份证后四位"),
        max_length=20,
        help_text=_("1953 年 3 月 8 日写 19530308。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        error_messages={"required": _("请填出生年月日，或身份证后四位。")},
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("您的姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请写您的姓名。")},
    )

    def clean_name(self) -> str:
        return read(read_name, self.cleaned_data["name"])


@for_residents
@once
def account(request: SignedInRequest) -> HttpResponse:
    """My account; a POST lets somebody of my family act for me."""
    user: Any = request.user
    form = DelegationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            own_account.let_family_act(user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已授权。您随时可以收回。"), "account")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
    return _account_page(request, form=form)


def _account_page(request: HttpRequest, **forms_with_errors: Any) -> HttpResponse:
    user: Any = request.user
    today = clock.today()
    given = Delegation.objects.in_force(on=today).filter(principal=user.resident_id or 0).select_related("agent")
    held = user.acts_for.in_force(on=today).select_related("principal__community")
    context = {
        "form": DelegationForm(),
        "name_form": NameForm(initial={"name": user.name}),
        "likely": likely_file(user),
        "memberships": user.memberships_now,
        "contacts": user.resident.contacts.all() if user.resident_id else [],
        "acts_for": [(delegation, _scope_words(delegation)) for delegation in held],
        "my_agents": [(delegation, _scope_words(delegation)) for delegation in given],
        "may_set_factor": user.is_portal_staff,
        "consents": standings_of(user.resident) if user.resident_id else [],
    } | forms_with_errors
    has_errors = any(form.errors for form in forms_with_errors.values())
    return render_page(request, "people/account.html", context, status=422 if has_errors else 200)


def _scope_words(delegation: Delegation) -> str:
    words = [str(DelegationScope(scope).label) for scope in delegation.scopes if scope in DelegationScope.values]
    return gettext("、").join(words)


@for_residents
@require_POST
def rename_account(request: SignedInRequest) -> HttpResponse:
    """The name by which the pages call me, until I have a file."""
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            own_account.rename_account(request.user, name=form.cleaned_data["name"])
            return done(request, _("记住了。"), "account")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
    return _account_page(request, name_form=form)


@for_residents
@require_POST
def choose_messages(request: SignedInRequest, pk: int) -> HttpResponse:
    """Text messages to one number of my own file: on or off."""
    user: Any = request.user
    contact = get_object_or_404(Contact, pk=pk, resident_id=user.resident_id or 0)
    wanted = request.POST.get("on") == "1"
    own_account.want_messages(contact, wanted=wanted, by=user)
    return done(request, _("以后会发短信提醒。") if wanted else _("以后不再发短信到这个号码。"), "account")


@for_residents
@require_POST
@once
def my_consents(request: SignedInRequest) -> HttpResponse:
    """I agree to one purpose (``give``), or take it back."""
    user: Any = request.user
    if user.resident is None:
        raise Http404
    purpose = request.POST.get("purpose", "")
    try:
        if request.POST.get("give"):
            version = request.POST.get("version", "")
            give_consent(user.resident, purpose=purpose, version=version, channel="self", by=user, at=clock.now())
            return done(request, _("记下了：您同意。随时可以收回。"), "account")
        withdraw_consent(user.resident, purpose=purpose, by=user, at=clock.now())
        return done(request, _("记下了：您不同意。"), "account")
    except Refusal as refusal:
        return refused(request, refusal, back="/account/")


@for_residents
def link_my_file(request: SignedInRequest) -> HttpResponse:
    """ "Is this your file?": ties my account to the file that has my phone, when the proof fits. Five tries a month."""
    user: Any = request.user
    resident = likely_file(user)
    if resident is None:
        return HttpResponseRedirect(back_to(request, "/"), status=303)
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="link_file", user=user):
            form.add_error("proof", _("试的次数太多了。请带身份证到会客厅，我们当面帮您绑定。"))
        else:
            try:
                link_account(user, resident, proof=form.cleaned_data["proof"], at=clock.now())
                return done(request, _("已绑定您的档案。"), "account")
            except Refusal as refusal:
                form.add_error("proof", refusal.sentence)
    context = {"form": form, "surname": resident.name[:1], "community": resident.community}
    return render_page(request, "people/link_my_file.html", context, status=422 if form.errors else 200)


@for_residents
@require_POST
def revoke_my_delegation(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ends a delegation that I gave or hold."""
    user: Any = request.user
    delegation = get_object_or_404(Delegation.objects.select_related("principal"), pk=pk)
    if delegation.agent_id != user.pk and delegation.principal_id != (user.resident_id or 0):
        raise Http404
    try:
        revoke_delegation(delegation, by=user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back="/account/")
    return done(request, _("已收回。"), "account")


@for_residents
def calendar_link(request: SignedInRequest) -> HttpResponse:
    """The address of my calendar: a POST makes a new one (``deed`` new), shown only in its answer, or ends it (``end``)."""
    user: Any = request.user
    deed, path = request.POST.get("deed"), ""
    if deed == "end":
        own_account.end_calendar_link(user)
        return done(request, _("日历地址停用了，订阅过的日历不再更新。"), "calendar_link")
    if deed == "new":
        path = reverse("my_calendar", args=[own_account.renew_calendar_link(user, at=clock.now())])
    context = {"path": path, "link": CalendarLink.objects.filter(user=user).first()}
    return render_page(request, "people/calendar_link.html", context)


@open_to_all
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, for this browser and for whatever is sent to the account and to the person of its file."""
    if request.user.is_authenticated:
        keep_language(request.user, request.POST.get("language", ""))
    return set_language(request)


@open_to_all
def choose_community(request: HttpRequest) -> HttpResponse:
    """Which living room is mine: kept in this browser, and on the account. Staff choose among those in which they work."""
    if request.method == "POST":
        community = get_object_or_404(Community, code=request.POST.get("code", ""), is_active=True)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(community=community)
        response = HttpResponseRedirect(back_to(request, "/"), status=303)
        response.set_cookie(COMMUNITY_COOKIE, community.code, max_age=A_YEAR, samesite="Lax", secure=settings.HTTPS)
        return response
    text = request.GET.get("q", "").strip()
    communities = Community.objects.filter(is_active=True).select_related("street").order_by("street__code", "code")
    if own := houses_of(request.user):
        communities = communities.filter(pk__in=[house.pk for house in own])
    if text:
        communities = communities.filter(name__icontains=text) | communities.filter(street__name__icontains=text)
    return render_page(request, "people/choose_community.html", {"communities": communities[:200], "q": text})
