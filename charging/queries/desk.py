"""The first page of the charging specialist: what waits to be looked at, to be answered, to end; constant in queries."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from charging.models import Site, WireReport
from charging.workflow.sites import State
from charging.workflow.wires import Wire
from community_portal.matters.groups import Group, Line
from community_portal.web.spoken import short_day

MOST = 6


def groups_for(user: Any, *, on: dt.date) -> list[Group]:
    wires, sites = WireReport.objects.visible_to(user), Site.objects.visible_to(user)
    waits = Count("answers", filter=Q(answers__answer="", answers__superseded_at__isnull=True))
    return [
        _wires(_("飞线要去看"), wires.filter(state=Wire.REPORTED)),
        _sites(
            _("等管线单位答复"), "hourglass-split", _("没有在等的答复。"),
            sites.annotate(open=waits).filter(open__gt=0),
            lambda site: (_("还差 %(n)s 家") % {"n": site.open}, "warn"),
        ),
        _sites(
            _("公示中"), "megaphone", _("没有在公示的。"), sites.filter(state=State.NOTICING),
            lambda site: _notice(site, on),
        ),
        _sites(
            _("在听意见"), "people", _("没有在听意见的。"), sites.filter(state=State.CONSULTING),
            lambda site: (str(site.spec.label), "info"),
        ),
        _sites(
            _("施工和验收"), "tools", _("没有在施工的。"), sites.filter(state__in=[State.BUILDING, State.ACCEPTING]),
            lambda site: (str(site.spec.label), str(site.spec.tone)),
        ),
    ]  # fmt: skip


def _wires(title: str, rows: Any) -> Group:
    shown = rows.select_related("case").order_by("-is_urgent", "due_at", "pk")[:MOST]
    lines = [
        Line(
            reverse("wire", args=[one.case.number]), one.case.title, one.case.number,
            _("紧急") if one.is_urgent else "", "late",
        )
        for one in shown
    ]  # fmt: skip
    return Group(title, "lightning-charge", _("没有新报的飞线。"), rows.count(), lines)


def _sites(title: str, icon: str, empty: str, rows: Any, chip: Any) -> Group:
    shown = rows.select_related("case", "estate").order_by("state_since", "pk")[:MOST]
    lines = [
        Line(reverse("charge_site", args=[one.case.number]), one.full_name, one.case.number, *chip(one))
        for one in shown
    ]
    return Group(title, icon, empty, rows.count(), lines)


def _notice(site: Site, on: dt.date) -> tuple[str, str]:
    if site.notice_until is None or on <= site.notice_until:
        return _("到 %(day)s") % {"day": short_day(site.notice_until)} if site.notice_until else "", "info"
    return _("公示期满"), "warn"
