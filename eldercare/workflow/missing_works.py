"""What works and their acceptance still wait for: 还差 n 项, each with the page where it is put right."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal.casework.flow import Part
from community_portal.dues.models import DueItem
from community_portal.signing.actions import hash_of
from eldercare.workflow.built import FAILED, content_of, lines_of_round, open_visit, wanted_products

BODIES = ("third_party", "community", "street")


def to_report_done(matter: Any) -> list[Part]:
    """Each line of the round has a photo of how it stands there, each product its papers."""
    page = reverse("work", args=[matter.case.number])
    found, lines = [], lines_of_round(matter)
    prefetch_related_objects(lines, "photos", "products")
    for line in lines:
        url = f"{page}#line-{line.number}"
        if not any(photo.moment == "after" and photo.round == matter.round for photo in line.photos.all()):
            found.append(Part(_("%(line)s还没有完工照片") % {"line": line}, url))
        found += [
            Part(_("%(line)s第 %(n)s 件还没有合格证") % {"line": line, "n": n}, url) for n in _without_papers(line)
        ]
    return found


def _without_papers(line: Any) -> list[int]:
    there = {product.number for product in line.products.all() if product.certificate_id}
    return [n for n in range(1, wanted_products(line) + 1) if line.item.is_device and n not in there]


def to_send_back(matter: Any) -> list[Part]:
    """Every line was looked at, and something failed."""
    visit = open_visit(matter)
    if visit is None:
        return [_not_reported(matter)]
    rows, page = _rows(visit), _page(matter)
    found = _undecided(rows, page)
    if not found and not any(row.result in FAILED for row in rows):
        found = [Part(_("没有一项不通过，不用退回"), page)]
    return found


def to_accept(matter: Any) -> list[Part]:
    """Every line decided and none failed, every product tried, the elder and the family heard, three bodies signed."""
    visit = open_visit(matter)
    if visit is None:
        return [_not_reported(matter)]
    rows, page = _rows(visit), _page(matter)
    failed = [
        Part(_("%(line)s没通过，要退回整改") % {"line": row.line}, f"{page}{row.line.number}/")
        for row in rows
        if row.result in FAILED
    ]
    parts = [*_undecided(rows, page), *failed, *_untried(rows, page), *_unheard(matter, visit, page)]
    return [*parts, *_unsigned(visit, page)]


def _rows(visit: Any) -> list[Any]:
    return list(visit.lines.select_related("line__item").prefetch_related("line__products"))


def _page(matter: Any) -> str:
    return reverse("acceptance", args=[matter.case.number])


def _not_reported(matter: Any) -> Part:
    return Part(_("施工单位还没有上报完工"), reverse("adaptation", args=[matter.case.number]))


def _undecided(rows: list[Any], page: str) -> list[Part]:
    return [
        Part(_("%(line)s还没验") % {"line": row.line}, f"{page}{row.line.number}/") for row in rows if not row.result
    ]


def _untried(rows: list[Any], page: str) -> list[Part]:
    """Products that nobody has looked at, or tried, of lines that passed."""
    found = []
    for row in rows:
        tried = {one.number for one in row.line.products.all() if one.works_now is not None}
        for n in range(1, wanted_products(row.line) + 1):
            if row.result == "pass" and n not in tried:
                sentence = _("%(line)s第 %(n)s 件还没核对") % {"line": row.line, "n": n}
                found.append(Part(sentence, f"{page}{row.line.number}/#product"))
    return found


def _unheard(matter: Any, visit: Any, page: str) -> list[Part]:
    """The elder, or why not; one of the family, if any is on file."""
    heard = set(visit.interviews.values_list("relation", flat=True))
    found = [] if "self" in heard else [Part(_("还没听老人本人怎么说"), f"{page}talk/?who=self")]
    elder = getattr(matter.resident, "elder", None)
    if elder is not None and elder.family.exists() and not heard - {"self"}:
        found.append(Part(_("还没听家里人怎么说"), f"{page}talk/"))
    return found


def _unsigned(visit: Any, page: str) -> list[Part]:
    """Of each body one signature under what stands there now."""
    names = {"third_party": _("第三方"), "community": _("社区"), "street": _("街道")}
    digest = hash_of(content_of(visit))
    signed = {member.body: member.signing for member in visit.members.select_related("signing") if member.signing}
    found = []
    for body in BODIES:
        url = f"{page}#party"
        if body not in signed:
            found.append(Part(_("%(body)s还没签字") % {"body": names[body]}, url))
        elif signed[body].content_sha256 != digest:
            found.append(Part(_("%(body)s签字以后内容改过，请再签一次") % {"body": names[body]}, url))
    return found


def to_close(matter: Any) -> list[Part]:
    """No call of the year after is open."""
    items = DueItem.objects.open().filter(subject_ref=f"adaptation:{matter.case.number}")
    return [Part(_("%(label)s还没做") % {"label": item.label}, item.url) for item in items]
