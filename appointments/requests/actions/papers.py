"""The papers of an errand on behalf: each line of the checklist as it comes in."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.models import Paper, PaperState
from community_portal.casework.actions import in_source_words
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.people.authority import staff_authority
from community_portal.people.models import User
from community_portal.refusals import Refusal
from community_portal.web.editions import must_be


@transaction.atomic
def check_paper(
    paper: Paper,
    *,
    state: str,
    by: User,
    at: dt.datetime,
    from_whom: str = "",
    file: ReadFile | None = None,
    seen: str | None = None,
) -> None:
    """A line of the checklist: missing, received, checked; with who brought it and the paper itself.

    ``seen`` is the edition that the page showed (editions.py).
    """
    if state not in PaperState.values:
        raise Refusal(_("请选材料的状态。"), code="bad_paper_state", field="state")
    request = paper.request
    authority = staff_authority(by, community_id=request.community_id)
    must_be(seen, Paper.objects.select_for_update().get(pk=paper.pk))
    words = f"{paper.name}：{in_source_words(PaperState(state).label)}"
    event = request.write("paper", by=by, at=at, authority=authority, words=words)
    if file:
        about: dict[str, Any] = {"kind": AttachmentKind.PAPER, "event": event, "is_public": False}
        paper.attachment = keep_file(request.case, file, by=by, at=at, **about)
    paper.state, paper.from_whom, paper.changed_by, paper.changed_at = state, from_whom[:50], by, at
    paper.save(update_fields=["state", "from_whom", "changed_by", "changed_at", "attachment"])
