"""What an adaptation puts into its file: before and after, why and what, money, signatures, what they say; and its brief."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.casework.models import Attachment
from community_portal.dossier.sections import (
    Brief,
    Dossier,
    Facts,
    Hand,
    Hands,
    Names,
    Number,
    Pair,
    Pairs,
    Section,
    Table,
    register_dossier,
)
from community_portal.people.models import Purpose
from community_portal.people.own_account.consents import standings_of
from community_portal.people.register.queries import age_of
from community_portal.signing.models import Signing
from community_portal.web.spoken import long_day
from eldercare.models import Adaptation, Interview, LinePhoto, PlanLine, ProductRecord
from eldercare.money import plain_sum
from eldercare.workflow.built import lines_of, newest_results, signed_plan


def sections(adaptation: Adaptation, names: Names) -> list[Section]:
    lines = lines_of(adaptation)
    return [
        Facts(_("老人和家"), _facts(adaptation, names)),
        Pairs(_("改造前后"), _pairs(lines)),
        Table(
            _("为什么改，改成什么样"),
            [_("项目"), _("当时发现"), _("方案"), _("产品和序列号"), _("验收")],
            _rows(adaptation, lines),
        ),
        Facts(_("钱"), _money(adaptation)),
        Hands(_("签字"), _hands(adaptation, names)),
        Facts(_("听听家里人怎么说"), _said(adaptation, names)),
    ]


def _day(moment: Any) -> str:
    return str(long_day(clock.local(moment).date())) if moment else ""


def _facts(adaptation: Adaptation, names: Names) -> list[tuple[str, str]]:
    age = age_of(adaptation.resident, on=clock.today())
    facts = [
        (_("老人"), names.of(adaptation.resident)),
        (_("年龄"), _("%(n)s 岁") % {"n": age} if age else ""),
        (_("地址"), names.where(adaptation.household, adaptation.community)),
        (_("项目"), str(adaptation.programme)),
        (_("施工单位"), str(adaptation.contractor or "")),
        (_("申请"), _day(adaptation.opened_at)),
        (_("验收通过"), _day(adaptation.accepted_at)),
    ]
    return [(label, value) for label, value in facts if value]


def _pairs(lines: list[PlanLine]) -> list[Pair]:
    """Of each line its first photo before and its newest after."""
    photos = list(LinePhoto.objects.filter(line__in=lines).select_related("attachment"))
    found = []
    for line in lines:
        mine = [one for one in photos if one.line_id == line.pk]
        before = next((one.attachment for one in mine if one.moment == "before"), None)
        after = next((one.attachment for one in reversed(mine) if one.moment == "after"), None)
        if before or after:
            found.append(Pair(str(line), before, after))
    return found


def _rows(adaptation: Adaptation, lines: list[PlanLine]) -> list[list[str]]:
    results = newest_results(adaptation)
    products = list(ProductRecord.objects.filter(line__in=lines))
    rows = []
    for line in lines:
        row = results.get(line.number)
        mine = "、".join(str(one) for one in products if one.line_id == line.pk)
        accepted = (
            _("%(result)s · 第 %(n)s 次") % {"result": row.get_result_display(), "n": row.visit.round} if row else ""
        )
        rows.append([f"{line.number}. {line}", str(line.finding or line.why), _planned(line), mine, accepted])
    return rows


def _planned(line: PlanLine) -> str:
    words = [f"{line.quantity.normalize():f} {line.item.unit_said}", line.spec, line.get_ownership_display()]
    return " · ".join(filter(None, map(str, words)))


def _money(adaptation: Adaptation) -> list[tuple[str, str]]:
    plan = signed_plan(adaptation)
    facts = [(_("政府出"), plan.subsidy), (_("自家出"), plan.self_pay)] if plan else []
    if adaptation.settled_at:
        facts.append((_("已付补贴"), adaptation.settled_sum))
    return [(label, _("%(n)s 元") % {"n": plain_sum(value)}) for label, value in facts]


def _hands(adaptation: Adaptation, names: Names) -> list[Hand]:
    rows = Signing.objects.of_row("adaptation", adaptation.pk).select_related("attachment")
    return [Hand(names.of(row.signer_name), row.get_relation_display(), _day(row.at), row.attachment) for row in rows]


def _said(adaptation: Adaptation, names: Names) -> list[tuple[str, str]]:
    return [(names.of(one.name), _told(one)) for one in adaptation.interviews.all()]


def _told(one: Interview) -> str:
    words = [_("%(n)s 分") % {"n": one.score} if one.score else one.why_not, one.words]
    if one.strain_before and one.strain_after:
        words.append(_("照护有多累：%(before)s → %(after)s") % {"before": one.strain_before, "after": one.strain_after})
    return " · ".join(filter(None, words))


def brief(adaptation: Adaptation, names: Names) -> Brief:
    """Its numbers are those of this home, and open on its pages."""
    number = adaptation.case.number
    results = newest_results(adaptation)
    visit = adaptation.acceptances.order_by("-round").first()
    who = [f"{one.get_body_display()} {names.of(one.name)}" for one in visit.members.all()] if visit else []
    quoted = adaptation.interviews.filter(may_be_quoted=True).exclude(words="").first()
    page = reverse("dossier", args=["adaptation", number])
    passed = sum(row.result == "pass" for row in results.values())
    paid = plain_sum(adaptation.settled_sum or adaptation.accepted_sum)
    return Brief(
        title=_("家里改一改，老人更安心"),
        what=_("%(name)s家的适老化改造%(state)s。")
        % {"name": names.of(adaptation.resident), "state": adaptation.spec.label},
        when=_day(adaptation.accepted_at or adaptation.opened_at),
        where=names.where(adaptation.household, adaptation.community),
        who=who,
        numbers=[
            Number(len(lines_of(adaptation)), _("项"), _("方案"), page),
            Number(passed, _("项"), _("验收通过"), page),
            *([Number(paid, _("元"), _("政府补贴"), page)] if paid != "0" else []),
        ],
        quote=quoted.words if quoted else "",
        quoted=f"{names.of(quoted.name)}（{quoted.get_relation_display()}）" if quoted else "",
        photos=_photos(adaptation),
    )


def _photos(adaptation: Adaptation) -> list[Attachment]:
    """Two at most, and none without the elder's consent to photos."""
    standing = next(one for one in standings_of(adaptation.resident) if one.purpose == Purpose.PHOTOS)
    if not standing.live:
        return []
    pairs = _pairs(lines_of(adaptation))
    return [photo for pair in pairs[:1] for photo in (pair.before, pair.after) if photo]


register_dossier("adaptation", Dossier(sections, brief))
