"""After the acceptance: the three calls, and what is lent."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from eldercare.actions.after import follow_up as ask_again
from eldercare.actions.after import take_loan_back
from eldercare.followups import LABELS
from eldercare.forms.acceptance import TalkForm
from eldercare.forms.after import ReturnForm
from eldercare.models import Adaptation
from eldercare.queries.after import lent_out

CARERS = (Role.ELDERCARE, Role.MANAGER, Role.STREET_OFFICER, Role.GRID_OFFICER)


@for_staff(*CARERS)
@once
def follow_up(request: StaffRequest, number: str, which: str) -> HttpResponse:
    """One of the three: how is it used, and how is it now."""
    if which not in LABELS:
        raise Http404
    adaptation = read_matter(Adaptation, request.user, number)
    form = TalkForm(request.POST or None, initial={"name": adaptation.resident.name, "relation": "self"})
    if request.method == "POST" and form.is_valid():
        try:
            ask_again(adaptation, which, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("回访记下了。"), "adaptation", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"matter": adaptation, "form": form, "title": LABELS[which]}
    return render_page(request, "eldercare/follow_up.html", context, status=422 if form.errors else 200)


@for_staff(*CARERS)
def lent(request: StaffRequest) -> HttpResponse:
    """What is out, with whom, since when; and what came back and may be lent again."""
    return render_page(request, "eldercare/lent.html", lent_out(request.user) | {"form": ReturnForm()})


@for_staff(*CARERS)
@once
def return_loan(request: StaffRequest, pk: int) -> HttpResponse:
    """It came back."""
    product = get_object_or_404(lent_out(request.user)["rows"], pk=pk)
    form = ReturnForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_loan_back(product, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("收回了，可以再借给别家。"), "lent")
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"product": product, "form": form}
    return render_page(request, "eldercare/return_loan.html", context, status=422 if form.errors else 200)
