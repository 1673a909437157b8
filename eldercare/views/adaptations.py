"""A home adaptation on the pages of staff, third parties and residents."""

from typing import Any

from community_portal.people.models import Role
from eldercare.models import Adaptation
from eldercare.views.pages import AdaptationPages


def _panels(adaptation: Adaptation) -> dict[str, Any]:
    return {"plan": adaptation.plan}


PAGES = AdaptationPages(
    Adaptation,
    "eldercare/adaptation.html",
    _panels,
    my_template="eldercare/my_adaptation.html",
    third_parties=(Role.ASSESSOR, Role.CONTRACTOR),
)
