"""What the page of a hazard shows: before and after, what the photos say of themselves, what is asked on the spot, what was here before."""

import datetime as dt
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from community_portal import clock
from safety.forms.hazards import FailForm, LookForm, PassForm
from safety.models import Hazard, HazardPhoto, Side
from safety.queries.hazards import alike, before_here
from safety.workflow.states import HAZARD_GIVEN, HAZARD_TO_REINSPECT, Hazarding


class Check(NamedTuple):
    """What is found out about the photos, and whether it is well."""

    words: str
    ok: bool


def photos_of(hazard: Hazard) -> dict[str, list[HazardPhoto]]:
    """Those of this round, by their side; before is before it came back, too."""
    rows = list(hazard.photos.exclude(attachment__file="").select_related("attachment"))
    now = [one for one in rows if one.side != Side.BEFORE and one.round == hazard.round]
    return {
        "before": [one for one in rows if one.side == Side.BEFORE],
        "after": [one for one in now if one.side == Side.AFTER],
        "looked": [one for one in now if one.side == Side.LOOKED],
    }


def checks_of(photos: dict[str, list[HazardPhoto]], hazard: Hazard) -> list[Check]:
    """Not one of them is believed on its word: when it was taken, and that it is another one."""
    after = photos["after"]
    if not after:
        return []
    found = []
    if any(one.no_time for one in after):
        found.append(Check(_("有照片没带拍摄时间，请对着现场看"), ok=False))
    elif hazard.assigned_at:
        found.append(Check(_("照片是派单以后拍的"), ok=True))
    shas = {one.sha256 for one in after} & {one.sha256 for one in photos["before"]}
    return [*found, Check(_("和整改前不是同一张照片"), ok=not shas)]


def page_of(hazard: Hazard) -> dict[str, Any]:
    """What staff see of it beside what they see of any matter."""
    photos = photos_of(hazard)
    is_new = hazard.state in (Hazarding.REPORTED, Hazarding.VERIFIED)
    return {
        **photos,
        "checks": checks_of(photos, hazard),
        "is_late": is_late(hazard),
        "is_given": hazard.state in HAZARD_GIVEN,
        "earlier": list(before_here(hazard)) if hazard.times_here > 1 else [],
        "alike": list(_alike(hazard)) if is_new else [],
        "transfers": list(hazard.transfers.select_related("body")),
        "duplicates": list(hazard.duplicates.select_related("case")),
        "looks": list(hazard.reinspections.select_related("by").prefetch_related("lines")),
        "look_form": _look_form(hazard),
        "due_words": due_words(hazard),
    }


def _alike(hazard: Hazard) -> Any:
    return alike(
        community=hazard.community_id, kind=hazard.kind, premises=hazard.premises_id, building=hazard.building_id,
        at=clock.now(), but=hazard.pk,
    )  # fmt: skip


def _look_form(hazard: Hazard) -> Any:
    """One form for both buttons: what is asked, photos, words, a signature for the end, a day for going on."""
    if hazard.state not in HAZARD_TO_REINSPECT:
        return None
    form: LookForm = PassForm(matter=hazard, step=hazard.flow.by_name["pass"], auto_id="id_look_%s")
    if hazard.state == Hazarding.SUBMITTED:
        form.fields["due_on"] = FailForm(matter=hazard, step=hazard.flow.by_name["fail"]).fields["due_on"]
        form.fields["due_on"].required = False
    return form


def is_late(hazard: Hazard) -> bool:
    return hazard.due_on is not None and hazard.state in HAZARD_GIVEN and hazard.due_on < clock.today()


def due_words(hazard: Hazard) -> str:
    """By when, and whether it was kept."""
    if hazard.due_on is None:
        return ""
    if hazard.rectified_at is None:
        return _("超期了") if is_late(hazard) else ""
    return _("按时交了") if _day(hazard.rectified_at) <= hazard.due_on else _("交晚了")


def _day(moment: dt.datetime) -> dt.date:
    return clock.local(moment).date()


def my_panels(hazard: Hazard) -> dict[str, Any]:
    """What whoever reported it sees: what it looked like, and what it looks like now."""
    return {**photos_of(hazard), "first": hazard.duplicate_of}
