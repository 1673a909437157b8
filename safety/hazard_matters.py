"""Hazards as a kind of matters: their deeds, their list."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.columns import Column, Filter, MatterList, equals
from community_portal.matters.deeds import standard
from community_portal.matters.kinds import Deed, MatterKind
from community_portal.places.estates import estates_to_choose
from community_portal.web.paging import is_row_number
from safety.actions import hazard_fixing, hazard_transfers, hazards
from safety.forms import hazards as forms
from safety.models import Hazard, HazardKind, HazardSource, Level
from safety.workflow.hazard_kinds import HIGH, kinds_as_tree
from safety.workflow.states import HAZARD_OPEN, READERS


def _kind(kind: str) -> Any:
    return HazardKind(kind).label


def _level(level: str) -> Any:
    return Level(level).label if level else ""


def _high(level: str, closed_at: dt.datetime | None) -> Any:
    return Level(level).label if level in HIGH and closed_at is None else ""


def _late(due_on: dt.date | None, closed_at: dt.datetime | None, rectified_at: dt.datetime | None) -> Any:
    """Past its day, and nobody says that it is mended."""
    waits = due_on is not None and closed_at is None and rectified_at is None
    return _("超期") if waits and due_on < clock.today() else ""  # type: ignore[operator]


def _day(day: dt.date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else ""


def _again(times: int) -> Any:
    return _("第 %(n)s 次") % {"n": times} if times > 1 else ""


def _by_estate(rows: Any, value: str) -> Any:
    return rows.filter(estate=int(value)) if is_row_number(value) else rows


def _only_open(rows: Any, value: str) -> Any:
    return rows.filter(state__in=HAZARD_OPEN) if value == "1" else rows


def _only_late(rows: Any, value: str) -> Any:
    late = rows.filter(state__in=HAZARD_OPEN, due_on__lt=clock.today(), rectified_at=None)
    return late if value == "1" else rows


HAZARDS = MatterKind(
    model=Hazard,
    joins=("estate", "building__estate", "premises", "organisation", "transferred_to", "community__street"),
    my_url="my_hazard",
    hands=READERS,
    deeds=(
        Deed("verify", hazards.verify, forms.VerifyForm, ("kind", "level", "photos")),
        Deed("regrade", hazards.regrade, forms.RegradeForm, ("level", "interim")),
        Deed("fix", hazards.fix, forms.MendedForm, ("photos",)),
        Deed(
            "assign",
            hazard_fixing.assign,
            forms.GiveForm,
            ("officer", "organisation", "due_on", "cost", "paid_by", "interim"),
        ),
        Deed("begin", hazard_fixing.begin),
        Deed("submit", hazard_fixing.submit, forms.MendedForm, ("photos",)),
        Deed("pass", hazard_fixing.pass_look, forms.PassForm, ("answers", "photos", "signature")),
        Deed("fail", hazard_fixing.fail_look, forms.FailForm, ("answers", "due_on", "photos")),
        Deed("fail_spot", hazard_fixing.fail_spot, forms.LookForm, ("answers", "photos")),
        *standard("ask_extension"),
        Deed("grant_extension", hazard_fixing.grant),
        *standard("refuse_extension"),
        Deed("transfer", hazard_transfers.transfer, forms.TransferForm, ("body", "who", "phone")),
        Deed("chase", hazard_transfers.chase, forms.ChaseForm, ("phone",)),
        Deed("answered", hazard_transfers.record_answer, forms.AnsweredForm, ("outcome", "name")),
        Deed("pass_on", hazards.pass_on, forms.PassOnForm, ("estate",)),
        Deed("duplicate", hazards.duplicate, forms.DuplicateForm, ("first",)),
        Deed("not_hazard"),
        Deed("reopen", hazard_fixing.reopen),
        *standard("hand_over"),
    ),
    listed=MatterList(
        title=_("隐患"),
        url_name="hazards",
        who=_("地点"),
        none_yet=_("还没有人报过隐患。"),
        none_found=_("没有符合条件的隐患。"),
        none_of_theirs=_("没有报过隐患。"),
        columns=(
            Column(_("哪一种"), ("kind",), _kind),
            Column(_("级别"), ("level",), _level),
            Column(_("期限"), ("due_on",), _day),
            Column(_("责任单位"), ("organisation__name",)),
            Column(_("谁发现的"), ("source",), lambda source: HazardSource(source).label, is_shown=False),
            Column(_("一年里第几次"), ("times_here",), is_shown=False, flag=_again),
            Column(_("较大、重大"), ("level", "closed_at"), lambda *_values: "", is_shown=False, flag=_high),
            Column(_("超期"), ("due_on", "closed_at", "rectified_at"), _late, is_shown=False, flag=_late),
        ),
        filters=(
            Filter("estate", _by_estate, label=_("小区"), choices=estates_to_choose),
            equals("kind", label=_("哪一种"), choices=lambda places: [leaf for _b, ls in kinds_as_tree() for leaf in ls]),
            equals("level", label=_("级别"), choices=lambda places: Level.choices),
            equals("source", label=_("谁发现的"), choices=lambda places: HazardSource.choices),
            Filter("open", _only_open),
            Filter("late", _only_late),
        ),
        order=("state", "level", "kind", "estate", "source", "grid"),
    ),
)  # fmt: skip
