"""What a hazard puts into its file: what was found, who mended it by when, before and after, who looked; and its brief."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.dossier.sections import Brief, Dossier, Facts, Names, Number, Pair, Pairs, Section, Table
from community_portal.web.spoken import long_day
from safety.models import Hazard, Side
from safety.workflow.states import Hazarding


@dataclass(frozen=True)
class Sides(Pairs):
    """Of what was mended, not rebuilt."""

    template: ClassVar[str] = "safety/parts/hazard_pairs.html"


def _day(moment: Any) -> str:
    return str(long_day(clock.local(moment).date())) if moment else ""


def sections(hazard: Hazard, names: Names) -> list[Section]:
    return [
        Facts(_("发现"), _filled(_found(hazard, names))),
        Facts(_("整改"), _filled(_mended(hazard, names))),
        Sides(_("整改前后"), pairs_of(hazard)),
        Table(_("复查"), [_("哪天"), _("谁看的"), _("结果")], _looks(hazard, names)),
        Table(_("转办"), [_("单位"), _("哪天"), _("答复")], _transfers(hazard)),
    ]


def _filled(facts: list[tuple[Any, Any]]) -> list[tuple[Any, str]]:
    return [(label, str(value)) for label, value in facts if value]


def _found(hazard: Hazard, names: Names) -> list[tuple[Any, Any]]:
    asker = hazard.case.asker
    return [
        (_("地点"), hazard.case.address),
        (_("哪一种"), hazard.get_kind_display()),
        (_("级别"), hazard.get_level_display() if hazard.level else ""),
        (_("依据"), hazard.clause),
        (_("谁发现的"), " · ".join(filter(None, [str(hazard.get_source_display()), names.of(asker)]))),
        (_("哪天"), _day(hazard.opened_at)),
        (_("一年里第几次"), hazard.times_here if hazard.times_here > 1 else ""),
        (_("看到的"), "" if names.are_covered else hazard.case.words),
    ]


def _mended(hazard: Hazard, names: Names) -> list[tuple[Any, Any]]:
    return [
        (_("责任单位"), hazard.organisation),
        (_("社区谁负责"), names.of(hazard.handler)),
        (_("期限"), long_day(hazard.due_on) if hazard.due_on else ""),
        (_("改好以前"), hazard.interim),
        (_("费用"), " ".join(filter(None, [floatformat(hazard.cost, -2), hazard.paid_by]))),
        (_("怎么改的"), hazard.rectified),
        (_("谁改的"), names.of(hazard.rectifier)),
        (_("哪天改好"), _day(hazard.rectified_at)),
    ]


def pairs_of(hazard: Hazard) -> list[Pair]:
    """The first of before beside the first of after, and so on."""
    rows = list(hazard.photos.exclude(attachment__file="").select_related("attachment"))
    before = [one.attachment for one in rows if one.side == Side.BEFORE]
    after = [one.attachment for one in rows if one.side == Side.AFTER and one.round == hazard.reopened_count]
    most = max(len(before), len(after))
    return [Pair("", _nth(before, n), _nth(after, n)) for n in range(most)]


def _nth(rows: list[Any], n: int) -> Any:
    return rows[n] if n < len(rows) else None


def _looks(hazard: Hazard, names: Names) -> list[list[str]]:
    looks = hazard.reinspections.select_related("by").prefetch_related("lines")
    return [
        [
            _day(look.at),
            names.of(look.by),
            "；".join([_("通过") if look.passed else _("没改好"), *(str(line) for line in look.lines.all() if not line.ok)]),
        ]
        for look in looks
    ]  # fmt: skip


def _transfers(hazard: Hazard) -> list[list[str]]:
    return [
        [str(one.body), _day(one.asked_at), one.answer or _("还没有答复")]
        for one in hazard.transfers.select_related("body")
    ]


def brief(hazard: Hazard, names: Names) -> Brief:
    page = reverse("hazard", args=[hazard.case.number])
    numbers = [Number(hazard.times_here, _("次"), _("一年里"), page)]
    if hazard.closed_at and hazard.state == Hazarding.CLOSED:
        days = (clock.local(hazard.closed_at).date() - clock.local(hazard.opened_at).date()).days
        numbers.insert(0, Number(days, _("天"), _("从发现到销号"), page))
    if hazard.cost:
        numbers.append(Number(floatformat(hazard.cost, -2), _("元"), _("费用"), page))
    photos = hazard.photos.filter(side=Side.AFTER, round=hazard.reopened_count).select_related("attachment")
    return Brief(
        title=hazard.case.title,
        what=_("%(kind)s，%(state)s。") % {"kind": hazard.get_kind_display(), "state": hazard.spec.label},
        when=_day(hazard.closed_at or hazard.opened_at),
        where=str(hazard.community) if names.are_covered else f"{hazard.community} · {hazard.case.address}",
        who=[str(hazard.organisation)] if hazard.organisation else [],
        numbers=numbers,
        photos=[one.attachment for one in photos[:2]],
    )


HAZARD_DOSSIER = Dossier(sections, brief)
