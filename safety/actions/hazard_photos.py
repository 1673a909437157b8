"""Photos of a hazard: before, afterwards, and of whoever came back to look. None is taken twice, here or at another hazard."""

import datetime as dt
import hashlib
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Event
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.people.models import User
from community_portal.refusals import Refusal
from safety.models import Hazard, HazardPhoto, Side


def keep_hazard_photos(
    hazard: Hazard,
    photos: Sequence[ReadFile] | None,
    side: str,
    *,
    by: User | None,
    at: dt.datetime,
    event: Event | None = None,
    round: int | None = None,
) -> list[HazardPhoto]:
    """Keeps them with its case and beside each other; what has to be looked at before was (``must_be_fit``)."""
    fresh = _once_each(photos or ())
    kept = keep_photos(hazard.case, fresh, by=by, at=at, event=event)
    known = set(hazard.photos.values_list("sha256", flat=True))
    in_round = hazard.reopened_count if round is None else round
    return [
        HazardPhoto.objects.create(hazard=hazard, attachment=one, side=side, round=in_round)
        for one in kept
        if one.sha256 not in known
    ]


def must_be_fit(hazard: Hazard, photos: Sequence[ReadFile] | None, side: str) -> None:
    """Photos of afterwards: none that was handed in before, here or elsewhere, none of before it was given to somebody. Raises
    Refusal beside ``photos``."""
    fresh = _once_each(photos or ())
    _must_be_new(hazard, fresh)
    _must_be_of_afterwards(hazard, fresh, side)


def _once_each(photos: Sequence[ReadFile]) -> list[ReadFile]:
    return list({_sha(photo): photo for photo in photos}.values())


def _sha(photo: ReadFile) -> str:
    return hashlib.sha256(photo.data).hexdigest()


def _must_be_new(hazard: Hazard, photos: list[ReadFile]) -> None:
    """Not the one of before, and not one that another hazard was closed with."""
    known = HazardPhoto.objects.filter(sha256__in=[_sha(photo) for photo in photos]).select_related("hazard__case")
    found = known.first()
    if found is None:
        return
    if found.hazard_id == hazard.pk:
        raise Refusal(_("这张和交过的是同一张照片，请重新拍一张。"), code="same_photo", field="photos")
    sentence = _("这张照片在 %(number)s 里用过了，请重新拍一张。")
    raise Refusal(sentence % {"number": found.hazard.case.number}, code="used_photo", field="photos")


def _must_be_of_afterwards(hazard: Hazard, photos: list[ReadFile], side: str) -> None:
    since = hazard.assigned_at
    if side == Side.AFTER and since and any(photo.taken_at and photo.taken_at <= since for photo in photos):
        raise Refusal(_("照片是派单以前拍的，请到现场重新拍一张。"), code="old_photo", field="photos")
