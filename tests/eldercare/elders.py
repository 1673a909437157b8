"""Elders, programmes and adaptations for tests of this service."""

import base64
import datetime as dt
import io
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw

from community_portal import clock
from community_portal.casework.actions import open_case, start_matter
from community_portal.casework.models import Task
from community_portal.casework.uploads import ReadFile
from community_portal.people.models import Organisation, Role, User
from eldercare.ability import ITEMS, MOST_POINTS
from eldercare.actions.assessments import Signature, answer_items, close_assessment, open_assessment
from eldercare.models import SIGNERS, Adaptation, Assessment, CatalogueItem, CatalogueList, ElderProfile, Programme
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.states import State
from tests.cast import Cast
from tests.factories import make_member

MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))


def make_catalogue(**over: Any) -> CatalogueList:
    """Three items: a rail and a non-slip floor (basic), a nursing bed."""
    made = CatalogueList.objects.create(
        **{
            "name": "全国清单",
            "name_en": "National list",
            "version": 1,
            "source": "民发〔2020〕86号",
            "valid_from": dt.date(2026, 1, 1),
        }
        | {"published_at": MONDAY}
        | over
    )
    rows = (
        ("rail", "安装扶手", "Grab rail", True, "300", "350", True, False),
        ("floor", "防滑处理", "Non-slip floor", True, "500", None, True, False),
        ("bed", "配置护理床", "Nursing bed", False, "2500", "2000", False, True),
    )
    CatalogueItem.objects.bulk_create(
        CatalogueItem(
            catalogue=made,
            code=code,
            category="地面改造",
            name=name,
            name_en=english,
            is_basic=basic,
            price=Decimal(price),
            price_cap=cap and Decimal(cap),
            needs_works=works,
            is_device=device,
            position=n,
        )
        for n, (code, name, english, basic, price, cap, works, device) in enumerate(rows)
    )
    return made


def make_programme(cast: Any = None, **over: Any) -> Programme:
    """Of the street of a cast, or of a place of the walk."""
    given = {
        "street": getattr(cast, "street", None) or (cast and cast.community.street),
        "name": "2026 年适老化改造",
        "year": 2026,
        "family": "home-adaptation",
        "budget": Decimal("100000"),
        "cap": Decimal("3000"),
        "opens_on": dt.date(2026, 1, 1),
        "closes_on": dt.date(2026, 12, 31),
    } | over
    return Programme.objects.create(catalogue=given.pop("catalogue", None) or make_catalogue(), **given)


def make_elder(cast: Cast, **over: Any) -> ElderProfile:
    given = {"resident": cast.elder, "opened_at": MONDAY, "opened_by": cast.reception} | over
    return ElderProfile.objects.create(**given)


def make_adaptation(cast: Any, state: str = State.DRAFT, **over: Any) -> Adaptation:
    """One for the elder, put into a state as if the flow had led there; ``over`` gives what that state needs."""
    given = over if "resident" in over else {"resident": cast.elder, "household": cast.elder.household} | over
    clerk = over.pop("clerk", None) or cast.reception
    programme = given.pop("programme", None) or Programme.objects.first() or make_programme(cast)
    resident = given["resident"]
    case = open_case(
        community=resident.community,
        grid=resident.household.grid,
        resident=resident,
        asker=None,
        title="适老化改造",
        words="起夜要摸黑",
        source="desk",
        phone_tail="",
        by=clerk,
        at=MONDAY,
    )
    matter = Adaptation(
        case=case,
        community=resident.community,
        grid=case.grid,
        state=State.DRAFT,
        handler=clerk,
        programme=programme,
        programme_family=programme.family,
        catalogue=programme.catalogue,
        cap=programme.cap,
        **given,
    )
    start_matter(matter, by=clerk, at=MONDAY, authority="receptionist", words="起夜要摸黑")
    if state != State.DRAFT:
        _put(matter, state)
    return Adaptation.objects.select_related("case__resident", "community__street", "programme").get(pk=matter.pk)


def _put(matter: Adaptation, state: str) -> None:
    spec = ADAPTATION.states[state]
    rests = {"paused_at": MONDAY, "resume_state": State.SUBMITTED} if spec.stops_clock else {}
    Adaptation.objects.filter(pk=matter.pk).update(state=state, closed_at=MONDAY if spec.is_end else None, **rests)
    Task.objects.filter(flow=ADAPTATION.name, matter_id=matter.pk).update(
        state=state,
        role="" if spec.owner == "handler" else spec.owner,
        assignee=matter.handler if spec.owner == "handler" else None,
        done_at=MONDAY if spec.is_end else None,
    )


def drawn() -> ReadFile:
    """A signature as a page sends it."""
    image = Image.new("RGB", (80, 30), "white")
    ImageDraw.Draw(image).line((5, 5, 70, 25), fill="black", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return ReadFile(out.getvalue(), "signature.png", "image/png", "png", 80, 30)


def data_url() -> str:
    return f"data:image/png;base64,{base64.b64encode(drawn().data).decode()}"


def make_organisation(kind: str, **over: Any) -> Organisation:
    count = Organisation.objects.count()
    return Organisation.objects.create(**{"name": f"单位{count}", "kind": kind} | over)


def make_coordinator(cast: Cast, **over: Any) -> User:
    return make_member(Role.ELDERCARE, community=cast.home, **{"name": "养老专员"} | over)


def signatures() -> list[Signature]:
    return [Signature(part, drawn()) for part in SIGNERS]


def make_draft(cast: Cast, *, one: User, other: User, **over: Any) -> Assessment:
    """An assessment that is begun: who, with whom, who tells."""
    given = {"informant": "女儿陈红", "informant_relation": "child", "assessor_2": other, "at": MONDAY} | over
    return open_assessment(cast.elder, by=one, **given)


def answers_worth(total: int) -> dict[str, int]:
    """A full set of answers of so many points."""
    left, found = MOST_POINTS - total, {}
    for item in ITEMS:
        less = min(left, item.most)
        found[item.code], left = item.most - less, left - less
    return found


def make_signed(cast: Cast, *, one: User, other: User, total: int = 60, **over: Any) -> Assessment:
    draft = make_draft(cast, one=one, other=other, **over)
    answer_items(draft, answers_worth(total), by=one, at=MONDAY)
    return close_assessment(draft, signatures=signatures(), by=one, at=MONDAY)
