from functools import partial

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.forms.fields import WordsField
from community_portal.matters.pages import MatterPages, answer_row
from community_portal.matters.queries import read_matter
from community_portal.people.models import STAFF
from community_portal.people.once import once
from community_portal.web.access import for_residents, for_staff
from community_portal.web.pages import done, render_page
from tests.toy_service.actions import ask, decide
from tests.toy_service.models import Aid, Loan

PAGES = MatterPages(
    Loan, "toy_service/loan.html", lambda loan: {"items": loan.items.all()}, third_parties=("contractor",)
)


class AskForm(forms.Form):
    aid = forms.ChoiceField(label="借什么", choices=Aid.choices)
    words = WordsField(label="说说情况")


class ItemForm(forms.Form):
    is_needed = forms.TypedChoiceField(choices=((1, "要"), (0, "不要")), coerce=lambda text: text == "1")
    why = forms.CharField(max_length=60, required=False)


@for_staff(*STAFF)
@require_POST
@once
def decide_item(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    loan = read_matter(Loan, request.user, number)
    deed = partial(decide, get_object_or_404(loan.items, pk=pk))
    return answer_row(request, loan, ItemForm(request.POST), deed, page=PAGES.page)


@for_residents
@once
def ask_loan(request: HttpRequest) -> HttpResponse:
    form, resident = AskForm(request.POST or None), request.user.resident  # type: ignore[union-attr]
    if resident and form.is_valid():
        loan = ask(resident=resident, by=request.user, at=clock.now(), **form.cleaned_data)  # type: ignore[arg-type]
        return done(request, "已登记。", "my_loan", loan.case.number)
    return render_page(request, "toy_service/ask.html", {"form": form}, status=422 if form.errors else 200)
