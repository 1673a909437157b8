"""An application on its way to the builder, through the actions: what tests of that half stand on."""

import base64
import datetime as dt
import io
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw

from community_portal import clock
from community_portal.casework.uploads import ReadFile, read_signature
from community_portal.people.models import Organisation, Role, User
from community_portal.rules.actions import load_rulebook
from community_portal.signing.models import Means, Relation
from eldercare.actions import applications, consenting, eligibility, orders, plans
from eldercare.models import Adaptation, Programme
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.eldercare.elders import MONDAY, make_adaptation, make_elder, make_programme
from tests.factories import make_member

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
TOLD: dict[str, Any] = {
    "difficulties": ["no_rail", "dark"],
    "needs": "起夜要摸黑",
    "tenure": "own",
    "will_be_demolished": False,
    "is_unsafe": False,
    "is_possible": True,
    "other_programme": False,
    "works_begun": False,
}


def drawn() -> str:
    """A name written with the finger, as the page sends it."""
    image = Image.new("RGBA", (300, 120))
    ImageDraw.Draw(image).line((10, 20, 200, 100), fill="black", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def ink() -> ReadFile:
    found = read_signature(drawn())
    assert found is not None
    return found


def make_eligible(cast: Cast, **over: Any) -> None:
    """The elder is on minimum living allowance and 82."""
    cast.elder.born_on = dt.date(1944, 3, 1)
    cast.elder.save()
    given: dict[str, Any] = {"hardship": "minimum", "hardship_proof": "低保 0318"} | over
    make_elder(cast, **given)


def make_builder(name: str = "安居施工队", role: str = Role.CONTRACTOR) -> tuple[Organisation, User]:
    organisation = Organisation.objects.create(name=name, kind=role)
    return organisation, make_member(role, organisation=organisation, name=f"{name}师傅")


def make_carer(cast: Cast) -> User:
    return make_member(Role.ELDERCARE, street=cast.street, username="care", name="钱倩")


def apply(cast: Cast, **over: Any) -> Adaptation:
    """A draft of reception's, told and wanted; its programme is made where there is none."""
    load_rulebook(at=MONDAY)
    if not Programme.objects.exists():
        make_programme(cast)
    given = {"by": cast.reception, "at": MONDAY, **TOLD} | over
    made = applications.apply_for(
        over.pop("resident", cast.elder), **{k: v for k, v in given.items() if k != "resident"}
    )
    applications.say_yes(made, by=cast.reception, at=MONDAY)
    return made


def reviewed(cast: Cast, **over: Any) -> Adaptation:
    """Handed in, and the home was seen."""
    load_rulebook(at=MONDAY)
    return make_adaptation(cast, State.REVIEWED, consent_at=MONDAY, submitted_at=MONDAY, **TOLD | over)


def planning(cast: Cast, **over: Any) -> Adaptation:
    load_rulebook(at=MONDAY)
    return make_adaptation(cast, State.PLANNING, eligible_at=MONDAY, **over)


def add_line(
    adaptation: Adaptation, code: str, *, by: Any, quantity: str = "1", price: str = "300", **over: Any
) -> Any:
    return plans.save_line(
        adaptation,
        item=adaptation.catalogue.items.get(code=code),
        quantity=Decimal(quantity),
        price=Decimal(price),
        **{"why": "站起来要扶", "by": by, "at": MONDAY} | over,
    )


def proposed(cast: Cast, carer: User, **over: Any) -> Adaptation:
    """Two rails of 300: the programme pays all."""
    made = planning(cast, **over)
    add_line(made, "rail", by=carer, quantity="2")
    plans.propose(made, by=carer, at=MONDAY + HOUR)
    return made


def sign(adaptation: Adaptation, **over: Any) -> Any:
    given: dict[str, Any] = {
        "relation": Relation.SELF, "name": "陈平", "means": Means.FINGER, "signature": ink(), "by": None,
        "at": MONDAY + 2 * HOUR, "pays": True,
    }  # fmt: skip
    return consenting.sign_plan(adaptation, **given | over)


def ordered(cast: Cast, carer: User, firm: Organisation, **over: Any) -> Adaptation:
    made = proposed(cast, carer, **over)
    sign(made)
    made = fresh(made)
    orders.order(made, contractor=firm, by=carer, at=MONDAY + 3 * HOUR)
    return made


def fresh(adaptation: Adaptation) -> Adaptation:
    rows = Adaptation.objects.select_related("case__resident", "community__street", "programme", "resident")
    return rows.get(pk=adaptation.pk)


def decide(adaptation: Adaptation, cast: Cast, **over: Any) -> None:
    eligibility.find_eligible(adaptation, **{"by": cast.street_officer, "at": MONDAY + DAY} | over)


def at_nine(day: dt.date) -> dt.datetime:
    return clock.at_wall(day, dt.time(9))
