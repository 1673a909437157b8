"""Settings: keys for programs of other organisations."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.api_clients import SCOPES, issue_client, revoke_client
from community_portal.people.models import RUNS, ApiClient, Organisation, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.inputs import ReadableField
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number


class ClientForm(forms.Form):
    organisation = forms.ModelChoiceField(label=_("单位"), queryset=Organisation.objects.none(), empty_label=_("请选"))
    name = ReadableField(label=_("哪个系统"), max_length=60, help_text=_("如：充电箱平台"))
    scopes = forms.MultipleChoiceField(label=_("可以做什么"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["scopes"].choices = list(SCOPES.items())  # type: ignore[attr-defined]


@for_staff(*RUNS)
@once
def settings_clients(request: StaffRequest) -> HttpResponse:
    """The keys of organisations that work in the street; a new one is shown once, to be copied."""
    house: Any = house_of(request)
    organisations = Organisation.objects.working_in(house.street).order_by("name").distinct()
    form = ClientForm(request.POST if request.POST.get("form") == "issue" else None, organisations=organisations)
    clients = ApiClient.objects.select_related("organisation").filter(organisation__in=organisations)
    token = ""
    if request.method == "POST":
        try:
            if is_row_number(request.POST.get("revoke", "")):
                row = get_object_or_404(clients, pk=int(request.POST["revoke"]))
                revoke_client(row, by=request.user, at=clock.now())
                return done(request, _("已停用，下一次调用就不行了。"), "settings_clients")
            if form.is_valid():
                _client, token = issue_client(by=request.user, at=clock.now(), **form.cleaned_data)
        except Refusal as refusal:
            if refusal.status == 403 or not form.is_bound:
                return refused(request, refusal, back=reverse("settings_clients"))
            beside(form, refusal)
    user = request.user
    context = {
        "clients": [(row, [SCOPES.get(scope, scope) for scope in row.scopes]) for row in clients],
        "form": form,
        "token": token,
        "may_issue": user.is_superuser or house.street_id in user.streets_as(Role.STREET_OFFICER),
    }
    return render_page(request, "people/settings_clients.html", context, status=422 if form.errors else 200)
