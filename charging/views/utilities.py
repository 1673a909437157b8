"""Asking a utility, reminding it, and writing down what it answered on paper."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from charging.actions import utilities
from charging.forms.utilities import AnswerForm, AskForm, ChaseForm
from charging.models import Utility
from charging.views.rows import answer_on_page, sent
from charging.views.sites import CHARGE, READERS, read_site
from community_portal.people.once import once
from community_portal.web.access import StaffRequest, for_staff


def _named(utility: str) -> Any:
    if utility not in Utility.values:
        raise Http404
    return Utility(utility).label


def _told(url: str, *, has_phone: bool) -> str:
    """Whoever has no mobile number is told the link by other means."""
    return (
        _("链接发过去了，等答复期间不计时。") if has_phone else _("链接：%(url)s 口令请另外告诉对方。") % {"url": url}
    )


@for_staff(*CHARGE)
@once
def ask_utility(request: StaffRequest, number: str, utility: str) -> HttpResponse:
    site, name = read_site(request, number), _named(utility)

    def ask(*, by: Any, at: Any, **typed: Any) -> str:
        url = utilities.ask_utility(site, utility=utility, by=by, at=at, **typed)
        return _told(url, has_phone=bool(typed["phone"].strip()))

    form = AskForm(*sent(request))
    title = _("问%(utility)s能不能装") % {"utility": name}
    return answer_on_page(request, site, form, ask, title=title, button=_("发出去"), anchor=f"utility-{utility}")


@for_staff(*CHARGE)
@once
def chase_utility(request: StaffRequest, number: str, utility: str) -> HttpResponse:
    site, name = read_site(request, number), _named(utility)

    def chase(*, by: Any, at: Any, **typed: Any) -> str:
        url = utilities.chase_utility(site, utility=utility, by=by, at=at, **typed)
        return _told(url, has_phone=bool(typed["phone"].strip()))

    form = ChaseForm(*sent(request))
    title = _("催%(utility)s") % {"utility": name}
    return answer_on_page(request, site, form, chase, title=title, button=_("再发一次"), anchor=f"utility-{utility}")


@for_staff(*READERS)
@once
def utility_answer(request: StaffRequest, number: str, utility: str) -> HttpResponse:
    """On paper, brought to the desk."""
    site, name = read_site(request, number), _named(utility)
    form = AnswerForm(*sent(request))
    form.fields["name"].label = _("谁答复的")
    deed = partial(utilities.record_answer, site, utility=utility)
    title = _("登记%(utility)s的书面答复") % {"utility": name}
    return answer_on_page(request, site, form, deed, title=title, button=_("登记"), anchor=f"utility-{utility}")
