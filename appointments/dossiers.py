"""What a help request puts into its file, and its brief."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments.models import HelpRequest
from community_portal import clock
from community_portal.casework.models import Attachment, AttachmentKind
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
from community_portal.web.spoken import long_day


def _day(moment: Any) -> str:
    return str(long_day(clock.local(moment).date())) if moment else ""


def sections(request: HelpRequest, names: Names) -> list[Section]:
    photos = list(request.case.attachments.filter(kind=AttachmentKind.PHOTO).exclude(file=""))
    papers = [[str(paper), paper.get_state_display(), paper.from_whom] for paper in request.papers.all()]
    return [
        Facts(_("求助"), _facts(request, names)),
        *([Pairs(_("照片"), [Pair(_day(photos[0].uploaded_at), photos[0], photos[-1])])] if len(photos) > 1 else []),
        *([Table(_("帮办材料"), [_("材料"), _("状态"), _("谁交的")], papers)] if papers else []),
        Hands(_("签字"), [_hand(row, names) for row in request.case.signings.select_related("attachment")]),
    ]


def _hand(row: Any, names: Names) -> Hand:
    return Hand(names.of(row.signer_name), row.get_relation_display(), _day(row.at), row.attachment)


def _facts(request: HelpRequest, names: Names) -> list[tuple[str, str]]:
    facts = [
        (_("谁"), names.of(request.case.resident)),
        (_("哪方面的事"), str(request.category)),
        (_("状态"), str(request.spec.label)),
        (_("登记"), _day(request.opened_at)),
        (_("办好"), _day(request.resolved_at)),
        (_("满意度"), f"{request.satisfaction} / 5" if request.satisfaction else ""),
    ]
    return [(label, value) for label, value in facts if value]


def brief(request: HelpRequest, names: Names) -> Brief:
    resident, number = request.case.resident, request.case.number
    standings = {one.purpose: one.live for one in standings_of(resident)} if resident else {}
    page = reverse("help_request", args=[number])
    days = ((request.resolved_at or clock.now()) - request.opened_at).days
    return Brief(
        title=_("难处有人接"),
        what=_("%(name)s的%(what)s：%(state)s。")
        % {"name": names.of(resident), "what": request.category, "state": request.spec.label},
        when=_day(request.opened_at),
        where=str(request.community),
        who=[str(request.handler)] if request.handler else [],
        numbers=[
            Number(days, _("天"), _("从登记到现在（或办好）"), page),
            Number(request.case.event_count, _("步"), _("经过"), page),
        ],
        quote=request.case.words if standings.get(Purpose.QUOTE) else "",
        quoted=names.of(resident),
        photos=_photos(request) if standings.get(Purpose.PHOTOS) else [],
    )


def _photos(request: HelpRequest) -> list[Attachment]:
    return list(request.case.attachments.filter(kind=AttachmentKind.PHOTO).exclude(file="")[:2])


register_dossier("help_request", Dossier(sections, brief))
