"""What anybody may report, on one page for all services: 反映问题. Each service declares its kinds in its ``reports.py``.

    register_report_kinds(ReportKind(
        name="wire", label=_("看见飞线"), sub=_("从楼上拉线下来充电"), icon="lightning", hue="amber",
        form=WireForm, create=report_wire, anonymous=True, statement=_("冒烟、打火花，先打 119。"),
    ))

Its page is ``/report/wire/``: from residents' home, from a QR (``/report/wire/?at=FM&building=12``: the community, and what the
form begins with), at the desk (``?resident=7``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter
from community_portal.front.parts import Way, register_parts

Label = str | Promise


@dataclass(frozen=True, kw_only=True)
class ReportKind:
    """One kind of report.

    ``form`` is made with ``community=`` beside what a form takes; what it cleans to is the ``data`` of ``create``, which opens
    the matter and answers it: ``create(community=, data=, reporter=, code=, source=, by=, at=)``. Of somebody who leaves no
    name (where the kind is ``anonymous``) there is no ``reporter`` and no ``by``, and the case is opened with ``code`` as its
    ``phone_tail``: six digits that open the look-up. Else ``code`` is empty. ``create`` raises Refusal beside a field.

    ``statement`` stands above the form: what to do first, who reads it; ``call`` is the number that comes before all others. A ``template`` of its own extends
    ``front/report_form.html`` and fills its block ``asked``.
    """

    name: str
    label: Label
    sub: Label
    icon: str
    hue: str
    form: type[forms.Form]
    create: Callable[..., Matter]
    anonymous: bool = False
    statement: Label = ""
    call: str = ""
    template: str = "front/report_form.html"


KINDS: dict[str, ReportKind] = {}


def register_report_kinds(*kinds: ReportKind) -> None:
    """Makes kinds of reports known; an app's ``reports.py`` calls it when Django starts. The first puts the page on residents'
    home and on the workbench."""
    if kinds and not KINDS:
        register_parts(
            tiles=(
                Way(page="report", label=_("反映问题"), sub=_("看见不安全的，告诉我们"), icon="megaphone", hue="amber"),
            ),
            desk_buttons=(Way(page="report", label=_("登记反映的问题"), icon="megaphone"),),
        )
    KINDS.update({kind.name: kind for kind in kinds})


def blank_form(kind: ReportKind, community: Any, *sent: Any, **begins_with: Any) -> forms.Form:
    """The form of a kind as it is shown, or as it was sent."""
    form: Any = kind.form
    made: forms.Form = form(*sent, community=community, **begins_with)
    return made
