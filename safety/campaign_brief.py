"""What a session of a campaign puts into its file, and its brief: who went where, how many came, what they understood."""

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.dossier.sections import Brief, Dossier, Facts, Names, Number, Section, Table
from community_portal.web.spoken import long_day
from safety.models import CampaignSession


def sections(session: CampaignSession, names: Names) -> list[Section]:
    return [
        Facts(_("这一场"), _facts(session, names)),
        Facts(_("来的人"), _heads(session)),
        Table(_("问答"), [_("什么时候"), _("问了"), _("答对")], _quiz(session)),
        Facts(_("他们怎么说"), [(session.place, session.feedback)] if session.feedback else []),
    ]


def _facts(session: CampaignSession, names: Names) -> list[tuple[str, str]]:
    facts = [
        (_("宣传"), str(session.campaign)),
        (_("时间"), str(long_day(clock.local(session.starts_at).date()))),
        (_("在哪里"), f"{session.place}（{session.get_venue_display()}）"),
        (_("讲给谁听"), str(session.get_audience_display())),
        (_("接待"), names.of(session.contact_name) if session.contact_name else ""),
        (_("带去的"), session.materials),
        (_("一起办的"), _and(session)),
    ]
    return [(label, value) for label, value in facts if value]


def _and(session: CampaignSession) -> str:
    return _("、").join(str(one) for one in session.campaign.partners.all())


def _heads(session: CampaignSession) -> list[tuple[str, str]]:
    if not session.heads_how:
        return []
    return [
        (_("到场"), _("%(n)s 人次（%(how)s）") % {"n": session.heads, "how": session.get_heads_how_display()}),
        (_("其中孩子"), str(session.children)),
        (_("监护人同意拍照"), str(session.consents)),
        (_("发放材料"), str(session.leaflets)),
        (_("去了几位"), str(session.people_sent)),
    ]


def _quiz(session: CampaignSession) -> list[list[str]]:
    rows = [
        (_("讲之前"), session.asked_before, session.right_before),
        (_("讲之后"), session.asked_after, session.right_after),
    ]
    return [[when, str(asked), str(right)] for when, asked, right in rows if asked]


def brief(session: CampaignSession, names: Names) -> Brief:
    """The numbers open on its page; the quote only with consent, photos are kept covered where there are children."""
    page = reverse("campaign_session", args=[session.case.number])
    numbers = [
        Number(session.heads, _("人次"), _("到场"), page),
        Number(session.leaflets, _("份"), _("发放材料"), page),
    ]
    if session.gain is not None:
        numbers.append(Number(f"+{session.gain}", _("个百分点"), _("听了多懂多少"), page))
    return Brief(
        title=_("%(what)s走进%(place)s") % {"what": session.campaign, "place": session.place},
        what=session.campaign.words or str(session.campaign),
        when=long_day(clock.local(session.starts_at).date()),
        where=f"{session.community} · {session.place}",
        who=[str(one) for one in session.campaign.partners.all()],
        numbers=numbers,
        quote=session.feedback if session.feedback_consent else "",
        quoted=session.place if session.feedback_consent and session.feedback else "",
        photos=[one.attachment for one in session.photos.select_related("attachment")[:2]],
    )


CAMPAIGN_DOSSIER = Dossier(sections, brief)
