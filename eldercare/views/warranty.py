"""坏了，报修: from the page of an adaptation, by staff or by the home; and the pages of a ticket."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.pages import MatterPages
from community_portal.matters.pages.mine import must_be_party
from community_portal.matters.queries import read_matter, read_my_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import SignedInRequest, StaffRequest, for_residents, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused
from eldercare.actions.warranty import report_fault as report
from eldercare.forms.warranty import ReportForm, warranty_words
from eldercare.models import Adaptation, WarrantyTicket
from eldercare.queries.warranty import products_of
from eldercare.workflow.states import READERS

PAGES = MatterPages(
    WarrantyTicket,
    "eldercare/warranty.html",
    lambda ticket: {"warranty": warranty_words(ticket.product)},
    my_template="eldercare/my_warranty.html",
    third_parties=(Role.CONTRACTOR,),
)


@for_staff(*READERS)
@once
def report_fault(request: StaffRequest, number: str) -> HttpResponse:
    """Somebody of the house was told."""
    return _report(request, read_matter(Adaptation, request.user, number), "warranty", "adaptation")


@for_residents
@once
def my_report(request: SignedInRequest, number: str) -> HttpResponse:
    """By the home itself, or who acts for it."""
    adaptation = read_my_matter(Adaptation, request.user, number)
    must_be_party(adaptation, request.user)
    return _report(request, adaptation, "my_warranty", "my_adaptation")


def _report(request: Any, adaptation: Adaptation, leads_to: str, from_page: str) -> HttpResponse:
    back, products = reverse(from_page, args=[adaptation.case.number]), products_of(adaptation)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReportForm(*sent, products=products)
    if request.method == "POST" and form.is_valid():
        try:
            made = report(adaptation, by=request.user, at=clock.now(), **form.cleaned_data)
            said = (
                _("已报修，派给了施工单位。")
                if made.contractor_id
                else _("已报修。这一件不在保修期内，由社区定怎么修。")
            )
            return done(request, said, leads_to, made.case.number)
        except NotAllowed as refusal:
            return refused(request, refusal, back=back)
        except Refusal as refusal:
            beside(form, refusal)
    is_staff = from_page == "adaptation"
    frame = "staff.html" if is_staff else "resident.html"
    context = {"matter": adaptation, "form": form, "back": back, "frame": frame, "has_products": products.exists()}
    return answer_form(request, "eldercare/report_fault.html", context, form)
