"""The page behind a link: one question, one answer. Opening it changes nothing, for mail scanners and previews open links."""

import datetime as dt
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.answers.actions import answer, check_second, find_link, link_once, was_answered
from community_portal.answers.models import AnswerLink, Second
from community_portal.answers.purposes import QUESTIONS
from community_portal.people.once import once
from community_portal.people.shell import show_house
from community_portal.people.staff.views import beside
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import open_to_all
from community_portal.web.pages import refused, render_page


class SecondForm(forms.Form):
    """The second thing that whoever was asked knows."""

    second = forms.CharField(
        label="",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填这一项，我们才知道是您。")},
    )

    def __init__(self, *args: Any, link: AnswerLink, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["second"]
        if link.second == Second.TAIL:
            field.label = _("手机号后四位")
            field.help_text = _("收到短信的号码：%(phone)s") % {"phone": link.sent_to}
            field.widget.attrs["inputmode"] = "numeric"
        else:
            field.label = _("约定的口令")


@open_to_all
@once
def answer_link(request: HttpRequest, token: str) -> HttpResponse:
    """Shows what is asked; a POST with the second factor answers it. Afterwards the page says thanks."""
    at = clock.now()
    link = find_link(token, at=at)
    question = QUESTIONS.get(link.purpose) if link else None
    matter = question.read(link.matter_id) if link and question else None
    if link is None or question is None or not question.is_asked(matter, link.part):
        return _over(request, token, at)
    show_house(request, link.case.community)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = question.form(*sent, matter=matter, part=link.part)  # type: ignore[call-arg]
    second = SecondForm(*sent, link=link)
    # Both are read, so that everything that is wrong is said at once.
    if request.method == "POST" and form.is_valid() & second.is_valid() and _is_second(request, link, token, second):
        here = reverse("answer_link", args=[token])
        try:
            answer(link, data=form.cleaned_data, at=at)
            return HttpResponseRedirect(here, status=303)
        except Changed as changed:
            return refused(request, changed, back=here)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"link": link, "question": question, "form": form, "second": second} | question.show(matter, link.part)
    return render_page(request, question.template, context, status=422 if form.errors or second.errors else 200)


def _over(request: HttpRequest, token: str, at: dt.datetime) -> HttpResponse:
    """Thanks to whoever answered by it; who answers after them hears that theirs was not noted; to all others it is no link, and of a
    house only where to telephone."""
    used = was_answered(token, at=at)
    if used is None or used.purpose not in QUESTIONS:
        if over := link_once(token):
            show_house(request, over.case.community)
        return render_page(request, "answers/gone.html", status=404)
    show_house(request, used.case.community)
    is_second = request.method == "POST"
    context = {"question": QUESTIONS[used.purpose], "link": used, "is_second": is_second}
    return render_page(request, "answers/thanks.html", context, status=409 if is_second else 200)


def _is_second(request: HttpRequest, link: AnswerLink, token: str, second: SecondForm) -> bool:
    """Whether the second factor fits; else the form says so."""
    if not ratelimit.consume(request, action="booking_link", key=f"answer:{link.pk}"):
        second.add_error("second", _("试得太多了，请过几分钟再试，或打社区电话。"))
    elif not check_second(link, token, second.cleaned_data["second"], at=clock.now()):
        second.add_error("second", _("没有对上。请核对后再填；几次不对，这个链接就不能用了。"))
    return not second.errors
