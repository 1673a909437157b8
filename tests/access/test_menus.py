"""Every page stands in exactly one menu, or below with the way that leads to it: a page that nobody finds is no page."""

from collections import Counter

from community_portal.people.staff.views import TILES_OF_THE_FLOOR
from community_portal.web.navigation import PANELS, RESIDENT_NAVIGATION, STAFF_NAVIGATION, TILES, TOP
from tests.access.policy import POLICY
from tests.access.test_walk import addresses

BY_ANOTHER_WAY = {
    "the doors, and where one is sent from them": {
        "sign_in", "account_request_login_code", "account_confirm_login_code", "account_inactive", "staff_sign_in",
        "account_login", "mfa_authenticate", "mfa_login_webauthn",
    },
    "from the list of deliberations, or from a matter": {
        "call_meeting", "draw_up_vote", "meeting", "meeting_minutes", "objection", "record_ballot", "vote", "vote_roll", "vote_sheets",
        "open_survey", "opinions", "public_minutes", "survey_answers", "survey_by_link",
    },
    "from the page of all reports, a QR, or after something was reported": {"report_kind", "report_received"},
    "big buttons of the first page": {"charging_near", "planned_sites", "ask", "activities", "look_up", "choose_community", "report", "railway_game", "safety"},
    "in the top bar of staff": {"find", "notices"},
    "from the row of a list, or from a message": {
        "activity", "booking", "book_confirm", "booking_link", "change_rule", "dashboard_rows", "edit_building", "edit_category", "edit_estate", "edit_opening", "edit_room",
        "edit_service", "hand_over", "help_request", "my_request", "resident_file", "rule_set", "tick_due", "visit",
    },
    "from the file of a resident, the officer's doors or an adaptation": {
        "assess", "assess_elder", "assess_end", "assess_for", "change_elder", "elder_file", "elder_family", "hardship_proof", "record_welfare_visit", "survey",
    },
    "from the bar that appears when something waits on the phone": {"kept_forms"},
    "from the list, the file or the first page of eldercare": {
        "acceptance_day", "acceptance_days", "adapt_for", "adapt_from", "adaptation", "lent", "my_adaptation", "recall", "return_loan",
    },
    "from an adaptation, whoever is to do the next of it": {
        "acceptance", "acceptance_line", "acceptance_talk", "adaptation_home", "adaptation_plan", "adaptation_plan_line", "adaptation_sign",
        "adaptation_slip", "adaptation_step", "brief", "dossier", "follow_up", "join_acceptance", "my_plan", "pass_acceptance", "public_notice",
        "sign_acceptance", "waive_line", "work", "work_photo", "work_product", "report_fault", "my_report", "my_warranty", "warranty",
        "warranty_slip", "warranty_step",
    },
    "from the workbench, or from a ticket": {"check_in_desk"},
    "from an activity that is full": {"wait_for_activity"},
    "from the settings of organisations": {"body"},
    "from the desk of duties, a list of it, or a campaign": {
        "add_premises", "campaign", "campaign_session", "campaign_session_slip", "campaign_session_step", "change_campaign",
        "edit_premises", "new_campaign", "new_session", "premises_list",
    },
    "from the register of equipment, a round, or the code on a piece": {
        "add_equipment", "edit_equipment", "end_round", "equipment", "equipment_labels", "equipment_of_due", "import_equipment",
        "inspection_lists", "inspection_round", "new_inspection_round", "publish_inspection_list", "round_report", "scan_equipment",
    },
    "from the desk of hazards, its list, its page, or a message": {
        "hazard", "hazard_notice", "hazard_notice_word", "hazard_slip", "hazard_step", "hazards", "my_hazard",
    },
    "of matters that are about nobody: no file of a resident shows them": {
        "resident_campaign_sessions", "resident_correctives", "resident_drills", "resident_retrofits",
    },
    "from the list of retrofits, or from one": {"retrofit", "retrofit_sheet", "retrofit_slip", "retrofit_step"},
    "from the settings of estates": {"estate_managers"},
    "from the list, from the drill, or from a message": {
        "corrective", "corrective_slip", "corrective_step", "drill", "drill_action", "drill_certificate", "drill_correct", "drill_day",
        "drill_evaluation", "drill_helper", "drill_helpers", "drill_join", "drill_notice", "drill_people", "drill_plan", "drill_poster",
        "drill_roll", "drill_slip", "drill_step", "drill_wall",
    },
    "the screens of an application, from residents' first page": {"apply_home", "apply_papers", "apply_who"},
    "from the settings of adaptations": {"add_programme", "catalogue_list", "edit_programme", "import_catalogue"},
    "from the list to which it adds": {
        "add_category", "add_opening", "add_room", "add_service", "book_for", "import_rules", "open_activity", "register_resident",
    },
    "the next screen of a page": {
        "book_slots", "change_activity", "close_resident", "dues_month", "edit_resident", "help_slip", "merge_resident", "resident_care", "resident_contacts",
        "resident_delegations", "reveal_id_number", "take_help_step",
    },
    "from the code on a socket": {"charge_port"},
    "from the inventory of sockets, the page of a site, or the operator's page": {
        "add_point", "charge_point", "port_fault", "port_fault_step", "patrol_sheet", "port_labels", "record_patrol",
    },
    "from the first page of charging, the list or the page of a place": {
        "acceptance_part", "ask_utility", "charge_site", "charge_site_step", "chase_utility", "change_round", "count_estate", "measure_site",
        "measurements", "new_round", "plan_site", "planned_site", "propose_site", "round", "rounds", "sign_site", "utility_answer",
        "waive_rule",
    },
    "from the list of wires, or a message": {"my_wire", "wire", "wire_slip", "wire_step"},
    "under one's own account": {
        "account_change_password", "account_reauthenticate", "calendar_link", "link_my_file", "mfa_activate_totp",
        "mfa_add_webauthn", "mfa_deactivate_totp", "mfa_edit_webauthn", "mfa_generate_recovery_codes", "mfa_index",
        "mfa_list_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn",
        "mfa_view_recovery_codes",
    },
    "no page: a file, a part of a page, an answer for machines": {
        "attachment", "booking_calendar", "charging_map", "community_calendar", "hazards_alike", "healthz", "intake_people", "intake_route",
        "mfa_download_recovery_codes", "my_booking_calendar", "my_calendar", "service_worker",
    },
    "for those who build and show the portal, named in the README": {"demo_outbox", "style"},
    "shown by the browser when there is no line": {"offline"},
}  # fmt: skip
PAGES = {
    name for name, pattern in addresses() if not hasattr(pattern.callback, "cls") and "ok" in POLICY[name].get.values()
}
STAFF = (lines for _title, lines in STAFF_NAVIGATION)
MENUS = Counter(
    line[0] for menu in (*STAFF, *RESIDENT_NAVIGATION, TOP, PANELS, TILES_OF_THE_FLOOR, TILES) for line in menu
)


def test_every_page_stands_in_one_menu_or_says_what_leads_to_it() -> None:
    assert {name: count for name, count in MENUS.items() if count > 1} == {}, "two ways to find one page"
    assert PAGES - set(MENUS) - set().union(*BY_ANOTHER_WAY.values()) == set(), "who finds these, and how?"


def test_no_exception_is_out_of_date() -> None:
    excused = [name for names in BY_ANOTHER_WAY.values() for name in names]
    assert len(excused) == len(set(excused))
    assert set(excused) - (PAGES - set(MENUS)) == set(), "these stand in a menu or are gone: strike them"


def test_menus_lead_to_pages() -> None:
    assert set(MENUS) - PAGES == set()
