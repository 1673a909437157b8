"""Every page that writes counts a double click once, or stands below with the reason why a second one does no harm."""

from tests.access.policy import POLICY
from tests.access.test_walk import addresses

SECOND_CHANGES_NOTHING = {
    "sets the same again": {
        "set_elder_mode", "set_language", "choose_community", "choose_messages", "rename_account", "save_filter", "notices",
        "revoke_my_delegation", "link_my_file", "sign_out", "account_logout", "sign_out_everywhere",
    },
    "reads only": {"look_up", "reveal_id_number"},
    "the same look counts once a day": {"resident_care"},
    "codes and passwords are single use and limited": {
        "sign_in", "account_request_login_code", "account_confirm_login_code", "send_code_again", "account_signup",
        "staff_sign_in", "account_login", "account_change_password", "account_reauthenticate",
    },
    "sets and shows another, the one seen last counts": {"issue_staff_password", "calendar_link"},
}  # fmt: skip
ONLY_SHOWS = {
    "attachment", "home", "style", "offline", "service_worker", "healthz", "demo_outbox", "find", "residents", "resident_file", "messages",
    "activities", "inbox", "my_booking_calendar",
    "my_matters", "my_request", "workbench", "intake_people", "intake_route", "field", "help_requests",
    "help_request", "help_slip", "resident_cases", "book", "book_slots", "booking", "booking_calendar", "visits_today", "activity_list",
    "charge_point", "charge_ports", "charging_map", "charging_near", "charging_operator", "port_fault", "patrol_sheet", "port_faults", "port_labels",
    "visit", "resident_bookings", "settings_home", "settings_openings", "settings_services", "settings_categories", "dashboard",
    "acceptance", "acceptance_day", "adaptation", "adaptation_slip", "adaptations", "assess", "brief", "catalogue_list", "covered_photo",
    "dossier", "elder_file", "eldercare", "elders", "hardship_proof", "kept_forms", "lent", "my_adaptation", "my_warranty",
    "resident_adaptations", "resident_elder", "resident_warranties", "settings_adaptations", "warranties", "warranty", "warranty_slip",
    "work",
    "wires", "wire", "wire_slip", "resident_wires", "my_wire", "charging_desk", "charge_sites", "charge_site", "measurements", "rounds",
    "equipment", "equipment_labels", "equipment_list", "equipment_of_due", "inspection_lists", "inspection_round",
    "inspection_rounds", "round_report", "scan_equipment",
    "round", "planned_sites",
    "dashboard_rows", "settings_rules", "rule_set", "dues", "dues_month", "report_received", "deliberations", "meeting_minutes", "vote_sheets", "public_minutes",
    "corrective", "corrective_slip", "correctives", "drill", "drill_certificate", "drill_day", "drill_evaluation", "drill_notice",
    "drill_poster", "drill_roll", "drill_slip", "drill_wall", "drills", "property_desk", "resident_correctives", "resident_drills", "safety",
    "hazard", "hazard_notice", "hazard_notice_word", "hazard_slip", "hazards", "hazards_alike", "hazards_desk", "my_hazard",
    "resident_hazards",
    "campaign_session", "campaign_session_slip", "campaign_sessions", "campaigns", "duties_desk", "premises_list", "railway_game",
    "resident_campaign_sessions", "resident_retrofits", "retrofit", "retrofit_sheet", "retrofit_slip", "retrofits",
}  # fmt: skip


def test_every_writing_page_is_once_or_says_why_not() -> None:
    reasons = set().union(*SECOND_CHANGES_NOTHING.values())
    views = {
        name: pattern.callback
        for name, pattern in addresses()
        if not hasattr(pattern.callback, "cls") and not name.startswith("mfa_")
    }
    takes_posts = {name for name in views if "ok" in POLICY[name].post.values() or "in" in POLICY[name].post.values()}
    unguarded = {name for name in takes_posts if not _is_once(views[name])}
    assert unguarded - ONLY_SHOWS - reasons == set()
    assert (ONLY_SHOWS | reasons) - unguarded == {"account_inactive"} & unguarded, (
        "these are guarded or gone: strike them"
    )


def _is_once(view: object) -> bool:
    """``once`` stands below marks such as require_POST."""
    while view is not None:
        if getattr(view, "is_once", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False
