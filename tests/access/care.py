"""Homes that are adapted, elders and what is lent, for the walk: one of each at home, and one next door."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile

from community_portal import clock
from community_portal.casework.actions import open_part
from community_portal.matters.actions.opening import open_for
from community_portal.people.models import Resident, Role
from eldercare.actions.applications import apply_for
from eldercare.actions.assessments import open_assessment
from eldercare.actions.surveys import add_finding
from eldercare.models import (
    AcceptanceDay,
    Adaptation,
    Assessment,
    ElderProfile,
    ProductRecord,
    SurveyFinding,
    WarrantyTicket,
)
from eldercare.workflow.states import State
from tests.eldercare.built import make_accepting
from tests.eldercare.elders import make_adaptation, make_catalogue, make_programme
from tests.factories import (
    make_household,
    make_member,
    make_resident,
)


def adaptation(place: Any) -> Any:
    """In the days of its notice, with a paper, an objection and a plan to read."""

    def make(place: Any) -> Any:
        home = place.resident.household or make_household(
            community=place.community, address=f"{place.community.code} 1"
        )
        Resident.objects.filter(pk=place.resident.pk).update(household=home)
        place.resident.household = home
        catalogue = make_catalogue(street=place.community.street)
        name = f"{place.community.code} 改造"
        programme = make_programme(
            place, name=name, catalogue=catalogue, papers=["身份证复印件"], papers_en=["ID card"]
        )
        made = apply_for(place.resident, programme=programme, by=place.clerk, at=clock.now())
        made.objections.create(words="他家不困难", at=clock.now())
        plan = made.plans.create(version=1, made_at=clock.now(), proposed_at=clock.now())
        plan.lines.create(number=1, item=catalogue.items.first(), why="要扶", quantity=1, price=0)
        days = {"notice_from": clock.today(), "notice_until": clock.today() + dt.timedelta(days=7)}
        Adaptation.objects.filter(pk=made.pk).update(state="notice", **days)
        return made

    return place.once("adaptation", make)


def lonely_house(place: Any, address: str) -> Any:
    """In the grid of the place's resident, so that its officer goes there, too."""
    known = place.resident.household
    grid = known.grid if known else None
    return make_household(building=None, community=place.community, grid=grid, address=address)


def accepting(place: Any) -> Any:
    """In another home of the place: reported done, one of the party named, its bed lent."""

    def make(place: Any) -> Any:
        home = lonely_house(place, f"{place.community.code} 2")
        elder = make_resident(household=home, community=place.community, name="吴芳")
        people = SimpleNamespace(elder=elder, reception=place.clerk, street=place.community.street)
        made, visit = make_accepting(people, "bed")  # type: ignore[arg-type]
        visit.members.create(body="community", name="周文彬")
        visit.day = AcceptanceDay.objects.create(street=place.community.street, on=clock.today())
        visit.save(update_fields=["day"])
        ProductRecord.objects.filter(line__plan__adaptation=made).update(loan="out")
        return made

    return place.once("accepting", make)


def of_accepting(place: Any, **more: Any) -> dict[str, Any]:
    return {"number": accepting(place).case.number, **more}


def of_adaptation(place: Any, **more: Any) -> dict[str, Any]:
    return {"number": adaptation(place).case.number, **more}


def warranty(place: Any) -> Any:
    """Of the resident's own home, as if it had been accepted."""

    def make(place: Any) -> Any:
        of = adaptation(place)
        product = ProductRecord.objects.create(line=of.plan.lines.get(), recorded_at=clock.now())
        ticket = WarrantyTicket(adaptation=of, product=product, under_warranty=False, fault="不动了")
        said = {"title": "报修", "words": "不动了", "by": place.clerk, "at": clock.now()}
        part = open_part(of.case, source="desk", **said)
        open_for(place.resident, ticket, case=part, **said)
        return ticket

    return place.once("warranty", make)


def of_warranty(place: Any, **more: Any) -> dict[str, Any]:
    return {"number": warranty(place).case.number, **more}


def elder(place: Any) -> ElderProfile:
    def make(place: Any) -> ElderProfile:
        if place.resident.household is None:
            home = make_household(building=None, community=place.community, address="河边 3 号")
            Resident.objects.filter(pk=place.resident.pk).update(household=home)
            place.resident.household = home
        return ElderProfile.objects.create(resident=place.resident, opened_at=clock.now())

    return place.once("elder_file", make)


def proved(place: Any) -> ElderProfile:
    """With a paper of the hardship."""

    def make(place: Any) -> ElderProfile:
        found = elder(place)
        found.hardship = "minimum"
        found.hardship_file.save("proof.pdf", ContentFile(b"%PDF-1.4"))
        return found

    return place.once("proved", make)


def assessment(place: Any) -> Assessment:
    """One that is being made, by somebody of the place."""

    def make(place: Any) -> Assessment:
        by = make_member(Role.ELDERCARE, community=place.community)
        return open_assessment(elder(place).resident, by=by, at=clock.now())

    return place.once("assessment", make)


def looked_at(place: Any) -> Adaptation:
    """An adaptation whose home is looked at."""

    def make(place: Any) -> Adaptation:
        home = lonely_house(place, "桥头 5 号")
        resident = make_resident(community=place.community, household=home, name="周兰")
        programme = adaptation(place).programme
        given = {"resident": resident, "household": resident.household, "programme": programme, "clerk": place.clerk}
        return make_adaptation(None, State.SUBMITTED, **given)

    return place.once("looked_at", make)


def finding(place: Any) -> SurveyFinding:
    def make(place: Any) -> SurveyFinding:
        by = make_member(Role.ELDERCARE, community=place.community)
        return add_finding(looked_at(place), room="bathroom", hazard="slippery", by=by, at=clock.now())

    return place.once("finding", make)


KWARGS_OF_CARE: dict[str, Callable[[Any], dict[str, Any]]] = {
    "elder_file": lambda p: {"pk": elder(p).resident_id},
    "resident_elder": lambda p: {"pk": elder(p).resident_id},
    "hardship_proof": lambda p: {"pk": proved(p).resident_id},
    "change_elder": lambda p: {"pk": elder(p).resident_id},
    "set_elder_tier": lambda p: {"pk": elder(p).resident_id},
    "elder_family": lambda p: {"pk": elder(p).resident_id},
    "record_welfare_visit": lambda p: {"pk": elder(p).resident_id},
    "assess_elder": lambda p: {"pk": elder(p).resident_id},
    "assess": lambda p: {"pk": assessment(p).pk},
    "assess_end": lambda p: {"pk": assessment(p).pk},
    "answer_item": lambda p: {"pk": assessment(p).pk, "item": "eating"},
    "assess_facts": lambda p: {"pk": assessment(p).pk},
    "close_assessment": lambda p: {"pk": assessment(p).pk},
    "assess_for": lambda p: {"number": looked_at(p).case.number},
    "survey": lambda p: {"number": looked_at(p).case.number},
    "add_finding": lambda p: {"number": looked_at(p).case.number},
    "drop_finding": lambda p: {"number": looked_at(p).case.number, "pk": finding(p).pk},
    "acceptance_day": lambda p: {"pk": accepting(p).acceptances.get().day_id},
    "acceptance": of_accepting,
    "acceptance_line": lambda p: of_accepting(p, line=1),
    "pass_acceptance": of_accepting,
    "waive_line": lambda p: of_accepting(p, line=1),
    "acceptance_talk": of_accepting,
    "join_acceptance": of_accepting,
    "sign_acceptance": lambda p: of_accepting(p, pk=accepting(p).acceptances.get().members.get().pk),
    "follow_up": lambda p: of_accepting(p, which="first"),
    "return_loan": lambda p: {"pk": ProductRecord.objects.get(line__plan__adaptation=accepting(p)).pk},
    "work": of_accepting,
    "work_photo": lambda p: of_accepting(p, line=1),
    "work_product": lambda p: of_accepting(p, line=1, unit=1),
    "adaptation": of_adaptation,
    "adaptation_slip": of_adaptation,
    "adaptation_note": of_adaptation,
    "adaptation_step": lambda p: of_adaptation(p, step="withdraw"),
    "my_adaptation": of_adaptation,
    "my_adaptation_words": of_adaptation,
    "my_adaptation_rating": of_adaptation,
    "my_adaptation_step": lambda p: of_adaptation(p, step="withdraw"),
    "report_fault": of_adaptation,
    "my_report": of_adaptation,
    "warranty": of_warranty,
    "warranty_slip": of_warranty,
    "warranty_note": of_warranty,
    "warranty_step": lambda p: of_warranty(p, step="withdraw"),
    "my_warranty": of_warranty,
    "my_warranty_words": of_warranty,
    "my_warranty_rating": of_warranty,
    "my_warranty_step": lambda p: of_warranty(p, step="withdraw"),
    "apply_home": of_adaptation,
    "apply_papers": of_adaptation,
    "my_plan": of_adaptation,
    "public_notice": lambda p: {"pk": adaptation(p).pk},
    "adaptation_home": of_adaptation,
    "adaptation_paper": lambda p: of_adaptation(p, pk=adaptation(p).papers.get().pk),
    "adaptation_consent": of_adaptation,
    "adaptation_objection": of_adaptation,
    "adaptation_answer": lambda p: of_adaptation(p, pk=adaptation(p).objections.get().pk),
    "adaptation_plan": of_adaptation,
    "adaptation_plan_line": lambda p: of_adaptation(p, line=1),
    "drop_plan_line": lambda p: of_adaptation(p, line=1),
    "adaptation_sign": of_adaptation,
    "edit_programme": lambda p: {"pk": adaptation(p).programme_id},
    "catalogue_list": lambda p: {"pk": adaptation(p).catalogue_id},
    "assessments-detail": lambda p: {"pk": assessment(p).pk},
    "assessments-answers": lambda p: {"pk": assessment(p).pk},
    "assessments-sign": lambda p: {"pk": assessment(p).pk},
    "adaptations_api-detail": lambda p: {"reference": adaptation(p).case.number},
    "adaptations_api-step": lambda p: {"reference": adaptation(p).case.number, "step": "withdraw"},
}
