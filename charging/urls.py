from django.urls import path

from charging.port_urls import OF_PORTS
from charging.views import desk, public, rounds, sites, utilities, wires

NOT_FOR_PLACES = ("resident_charge_sites", "charge_site_slip")
ONE = "charging/places/<str:number>"

urlpatterns = [
    *OF_PORTS,
    path("charging/desk/", desk.desk, name="charging_desk"),
    path("charging/sites/", public.planned_sites, name="planned_sites"),
    path("charging/sites/<str:number>/", public.planned_site, name="planned_site"),
    path("charging/rounds/", rounds.all_rounds, name="rounds"),
    path("charging/rounds/new/", rounds.new_round, name="new_round"),
    path("charging/rounds/<int:pk>/", rounds.one_round, name="round"),
    path("charging/rounds/<int:pk>/change/", rounds.change_round, name="change_round"),
    path("charging/rounds/<int:pk>/start/", rounds.start_round, name="start_round"),
    path("charging/rounds/<int:pk>/close/", rounds.close_round, name="close_round"),
    path("charging/estates/<int:pk>/count/", rounds.count_estate, name="count_estate"),
    # Before the steps of a site, which would take these words for theirs.
    path("charging/places/new/", sites.propose_site, name="propose_site"),
    path(f"{ONE}/plan/", sites.plan_site, name="plan_site"),
    path(f"{ONE}/measure/", sites.measure_site, name="measure_site"),
    path(f"{ONE}/measured/", sites.measurements, name="measurements"),
    path(f"{ONE}/utilities/<slug:utility>/ask/", utilities.ask_utility, name="ask_utility"),
    path(f"{ONE}/utilities/<slug:utility>/chase/", utilities.chase_utility, name="chase_utility"),
    path(f"{ONE}/utilities/<slug:utility>/answer/", utilities.utility_answer, name="utility_answer"),
    path(f"{ONE}/rules/<slug:code>/waive/", sites.waive_rule, name="waive_rule"),
    path(f"{ONE}/gas-plan/", sites.gas_plan, name="gas_plan"),
    path(f"{ONE}/parts/<int:pk>/", sites.acceptance_part, name="acceptance_part"),
    path(f"{ONE}/sign/", sites.sign_site, name="sign_site"),
    *wires.PAGES.below("charging/wires/"),
    # A place is about nobody: it stands on no resident's file, and nobody takes a slip of it home.
    *(one for one in sites.PAGES.below("charging/places/") if one.name not in NOT_FOR_PLACES),
]
