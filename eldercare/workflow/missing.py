"""What a step of an adaptation still waits for, as sentences with the page where each is put right: 还差 n 项.

Read by the table (workflow/adaptation.py), so these functions know rows by their relations alone.
"""

from typing import Any

from community_portal.casework.flow import Part


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


def to_report_done(matter: Any) -> list[Part]:
    return []


def to_grant_change(matter: Any) -> list[Part]:
    return []


def to_accept(matter: Any) -> list[Part]:
    return []


def to_send_back(matter: Any) -> list[Part]:
    return []


def to_close(matter: Any) -> list[Part]:
    return []
