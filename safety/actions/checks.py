"""The check-list before it begins: each line done, or waived with words."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.captured import done_at
from community_portal.casework.actions import in_source_words
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.matters.actions.steps import authority_in
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.models import Check, CheckItem
from safety.rights import must_take_part
from safety.workflow.states import PLANNED


@transaction.atomic
def check(
    item: CheckItem,
    *,
    by: User | None,
    at: dt.datetime,
    photos: list[ReadFile] | None = None,
    waived_why: str = "",
) -> None:
    """Done now, or not needed with words. Raises Changed when somebody was quicker, Refusal ``no_photo`` for notices without one."""
    drill = item.drill
    must_take_part(drill, by)
    why = read_text(waived_why, field="waived_why")[:200]
    if drill.state not in PLANNED:
        raise Changed(_("情况有变：检查单现在不能改了，请再看一眼。"))
    if item.what == Check.NOTICES and not photos and not why:
        raise Refusal(_("贴好的通知请拍一张照片。"), code="no_photo", field="photos")
    event = drill.write(
        "checked", by=by, at=at, authority=authority_in(drill, by, at=at), words=why,
        detail={"what": in_source_words(item)},
    )  # fmt: skip
    kept = keep_photos(drill.case, photos or [], by=by, at=at, event=event)
    item.done_at, item.done_by, item.waived_why = done_at(at), by, why
    item.photo = kept[0] if kept else None
    fields = {name: getattr(item, name) for name in ("done_at", "done_by", "waived_why", "photo")}
    if not CheckItem.objects.filter(pk=item.pk, done_at__isnull=True).update(**fields):
        raise Changed(_("情况有变：这一项刚刚有人做好了。"))
