"""Reads about help requests beyond those of any matter (matters/queries.py)."""

from django.utils.translation import gettext as _

from appointments.models import HelpRequest


def why_this_officer(request: HelpRequest) -> str:
    """The reason of the routing in one sentence."""
    grid = str(request.grid or "")
    return {
        "building": _("住址所在的幢属 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "household": _("住址登记在 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "by_hand": _("由接待台人工指派。"),
        "no_address": _unplaced(request),
        "no_officer": _("%(grid)s 现在没有在岗的网格员，请人工派单。") % {"grid": grid},
    }.get(request.routed_by, "")


def _unplaced(request: HelpRequest) -> str:
    """No address at all, or one that names no building of the house."""
    if request.case.address:
        return _("没有认出住址里的幢，请人工派单，或在档案里改住址。")
    return _("没有登记住址，请人工派单。")
