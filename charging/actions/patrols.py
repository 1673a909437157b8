"""Somebody goes to a site and looks: six things, each fine or not. What is not fine is said in words; a socket is reported by itself."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from charging.models import Patrol, Site
from charging.workflow.roles import WIRE_READERS
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.dues.actions import settle_dues
from community_portal.people.authority import staff_authority
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import NotAllowed, Refusal

CHECKS = {
    "sockets": _("插座和线完好"),
    "power_off": _("充满自动断电"),
    "extinguisher": _("灭火器在位、没过期"),
    "alarm": _("烟感、摄像头正常"),
    "way": _("没有堵通道和出口"),
    "wires": _("附近没有飞线"),
}


@transaction.atomic
def record_patrol(
    site: Site,
    *,
    failed: list[str],
    words: str,
    by: User,
    at: dt.datetime,
    photos: list[ReadFile] | None = None,
) -> Patrol:
    """Settles the duty of the site. Raises Refusal beside ``words`` where something is not fine and nobody says what."""
    if not by.has_role_at(site.community_id, *WIRE_READERS):
        raise NotAllowed(_("巡查由社区的人来做。"))
    if site.state not in (State.IN_SERVICE, State.SUSPENDED):
        raise Refusal(_("这个位置现在不用巡查。"), code="not_in_service", status=409)
    if unknown := set(failed) - set(CHECKS):
        raise Refusal(_("没有这一项。"), code="unknown_check", field=sorted(unknown)[0])
    words = read_text(words, field="words")[:300]
    if failed and len(words) < 2:
        raise Refusal(_("有不好的，请写一句是什么。"), code="no_words", field="words")
    patrol = Patrol(
        site=site,
        community_id=site.community_id,
        by=by,
        at=at,
        checks={code: code not in failed for code in CHECKS},
        is_fine=not failed,
        words=words,
    )
    authority = staff_authority(by, community_id=site.community_id)
    event = site.write("patrolled", by=by, at=at, authority=authority, words=words, is_public=False)
    for photo in (photos or [])[:1]:
        patrol.photo = keep_file(
            site.case, photo, kind=AttachmentKind.PHOTO, by=by, at=at, event=event, is_public=False
        )
    patrol.save(force_insert=True)
    on = clock.local(at).date()
    settle_dues(
        tags={"charging_patrol"}, refs={f"site:{site.pk}"}, on=on, ref=f"patrol:{patrol.pk}", by=by, at=at, words=words
    )
    return patrol
