"""What a step of an adaptation still waits for, as sentences with the page where each is put right: 还差 n 项.

Read by the table (workflow/adaptation.py), so these functions know rows by their relations alone.
"""

from typing import Any

from community_portal.casework.flow import Part
from eldercare.workflow.missing_works import to_accept, to_close, to_report_done, to_send_back

__all__ = [
    "to_accept",
    "to_close",
    "to_decide",
    "to_end_notice",
    "to_grant_change",
    "to_hand_in",
    "to_order",
    "to_propose",
    "to_report_done",
    "to_review",
    "to_send_back",
    "to_start",
    "to_submit",
]


def to_submit(matter: Any) -> list[Part]:
    return []


def to_review(matter: Any) -> list[Part]:
    return []


def to_decide(matter: Any) -> list[Part]:
    return []


def to_end_notice(matter: Any) -> list[Part]:
    return []


def to_hand_in(matter: Any) -> list[Part]:
    return []


def to_propose(matter: Any) -> list[Part]:
    return []


def to_order(matter: Any) -> list[Part]:
    return []


def to_start(matter: Any) -> list[Part]:
    return []


def to_grant_change(matter: Any) -> list[Part]:
    return []
