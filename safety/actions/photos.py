"""Photos of a session. Children are kept with their faces covered, and only as many as whose guardians agreed."""

import dataclasses
import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.dossier.word import covered
from community_portal.people.authority import staff_authority
from community_portal.people.models import User
from community_portal.refusals import Changed, Refusal
from safety.models import CampaignSession, SessionPhoto
from safety.workflow.states import Campaigning


@transaction.atomic
def add_photos(session: CampaignSession, *, photos: list[ReadFile], faces: int, by: User, at: dt.datetime) -> None:
    """``faces`` is how many can be known on them. With children every photo is kept blurred, and nothing else of it: what was
    sharp is never stored. Raises Refusal ``no_consent`` beside ``faces``."""
    authority = staff_authority(by, community_id=session.community_id)
    if session.state != Campaigning.HELD:
        raise Changed(_("情况有变：现在不能加照片。"))
    if not photos:
        raise Refusal(_("请选照片。"), code="no_photos", field="photos")
    if session.has_children and faces > session.consents:
        sentence = _("照片上 %(faces)s 个孩子，监护人同意的只有 %(n)s 个。请换一张，或只拍背影。")
        raise Refusal(sentence % {"faces": faces, "n": session.consents}, code="no_consent", field="faces")
    fit = [_covered(photo) for photo in photos] if session.has_children else photos
    event = session.write("photo", by=by, at=at, authority=authority)
    kept = keep_photos(session.case, fit, event=event, by=by, at=at)
    SessionPhoto.objects.bulk_create(
        SessionPhoto(
            session=session, attachment=one, faces=faces, has_children=session.has_children,
            is_covered=session.has_children,
        )
        for one in kept
    )  # fmt: skip


def _covered(photo: ReadFile) -> ReadFile:
    return dataclasses.replace(photo, data=covered(photo.data), width=640, height=480)
