"""My account: name, comfort, whom I act for and who acts for me; choosing one's community."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.access import for_residents, open_to_all
from community_portal.pages import A_YEAR, back_to, done, refused, render_page
from community_portal.people.actions import grant_delegation, link_account, revoke_delegation
from community_portal.people.models import Delegation, DelegationScope, Resident, User
from community_portal.people.once import once
from community_portal.people.phones import read_mobile
from community_portal.people.shell import COMMUNITY_COOKIE
from community_portal.places.models import Community
from community_portal.refusals import Refusal


class DelegationForm(forms.Form):
    """Whom I let act for me."""

    phone = forms.CharField(label=_("家人的手机号"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    relation = forms.CharField(label=_("他（她）是我的"), max_length=20, help_text=_("如：女儿、儿子、邻居"))
    scopes = forms.MultipleChoiceField(
        label=_("可以替我"),
        choices=DelegationScope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=[scope.value for scope in DelegationScope],
    )
    ends_on = forms.DateField(label=_("到哪一天"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean_phone(self) -> str:
        try:
            return read_mobile(self.cleaned_data["phone"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class LinkForm(forms.Form):
    """Proof that a file with my phone is mine."""

    proof = forms.CharField(
        label=_("身份证后四位，或生日四位数字"), max_length=4, help_text=_("如生日 3 月 8 日写 0308"), strip=True
    )


@for_residents
@once
def account(request: HttpRequest) -> HttpResponse:
    """My account; a POST grants a delegation from my own file."""
    user: Any = request.user
    form = DelegationForm(request.POST or None)
    if request.method == "POST" and user.resident_id and form.is_valid():
        try:
            agent, _made = User.objects.get_or_create(
                phone=form.cleaned_data["phone"], defaults={"username": f"r-{form.cleaned_data['phone'][-11:]}"}
            )
            grant_delegation(
                principal=user.resident,
                agent=agent,
                relation=form.cleaned_data["relation"],
                scopes=form.cleaned_data["scopes"],
                proof=str(_("本人在手机上授权")),
                ends_on=form.cleaned_data["ends_on"],
                by=user,
                at=clock.now(),
            )
            return done(request, _("已授权。您随时可以收回。"), "account")
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
    today = clock.today()
    context = {
        "form": form,
        "link_form": LinkForm(),
        "likely": _likely_file(user),
        "memberships": user.memberships_now,
        "acts_for": user.acts_for.in_force(on=today).select_related("principal__community"),
        "my_agents": Delegation.objects.in_force(on=today).filter(principal=user.resident_id).select_related("agent"),
    }
    return render_page(request, "people/account.html", context, status=422 if form.errors else 200)


def _likely_file(user: Any) -> Resident | None:
    """The one unclaimed file that has this phone as its own; None when there are several or none."""
    if user.resident_id or not user.phone:
        return None
    found = Resident.objects.current().filter(contacts__phone=user.phone, contacts__owner="", account__isnull=True)[:2]
    return found[0] if len(found) == 1 else None


@for_residents
@require_POST
def link_my_file(request: HttpRequest) -> HttpResponse:
    """Ties my account to the file that has my phone, when the proof fits."""
    user: Any = request.user
    resident = _likely_file(user)
    form = LinkForm(request.POST)
    if resident is None or not form.is_valid():
        return HttpResponseRedirect("/account/", status=303)
    try:
        link_account(user, resident, proof_tail=form.cleaned_data["proof"], at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back="/account/")
    return done(request, _("已绑定您的档案。"), "account")


@for_residents
@require_POST
def revoke_my_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a delegation that I gave or hold."""
    user: Any = request.user
    mine = Delegation.objects.filter(agent=user) | Delegation.objects.filter(
        principal__isnull=False, principal_id=user.resident_id or 0
    )
    revoke_delegation(get_object_or_404(mine, pk=pk), by=user, at=clock.now())
    return done(request, _("已收回。"), "account")


@open_to_all
def choose_community(request: HttpRequest) -> HttpResponse:
    """Which living room is mine: kept in this browser, and on the account."""
    if request.method == "POST":
        community = get_object_or_404(Community, code=request.POST.get("code", ""), is_active=True)
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(community=community)
        response = HttpResponseRedirect(back_to(request, "/"), status=303)
        response.set_cookie(COMMUNITY_COOKIE, community.code, max_age=A_YEAR, samesite="Lax", secure=settings.HTTPS)
        return response
    text = request.GET.get("q", "").strip()
    communities = Community.objects.filter(is_active=True).select_related("street").order_by("street__code", "code")
    if text:
        communities = communities.filter(name__icontains=text) | communities.filter(street__name__icontains=text)
    return render_page(request, "people/choose_community.html", {"communities": communities[:200], "q": text})
