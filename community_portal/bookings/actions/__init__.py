"""The deeds of bookings: places taken and given back, who came, and the sessions themselves."""

from community_portal.bookings.actions.agreed import (
    agree_time,
    call_off,
    give_up_booking,
    settle_agreed,
    take_back_cancel,
)
from community_portal.bookings.actions.attendance import (
    check_in,
    close_visits,
    mark_no_show,
    mark_served,
    open_marks,
    undo_mark,
)
from community_portal.bookings.actions.closures import call_off_bookings, change_week, close_hall, reopen_hall
from community_portal.bookings.actions.gatherings import book_group, count_heads, group_came, undo_walk_in, walk_in
from community_portal.bookings.actions.openings import open_planned_sessions, save_opening
from community_portal.bookings.actions.places import (
    authority_over,
    book,
    book_newcomer,
    cancel_booking,
    change_party,
    confirm_hold,
    hold_session,
    move_booking,
    release_hold,
    undo_cancel,
)
from community_portal.bookings.actions.rooms import save_room
from community_portal.bookings.actions.services import save_service
from community_portal.bookings.actions.sessions import cancel_session, change_session, open_session
from community_portal.bookings.actions.waiting import group_waits, leave_queue, promote_all, wait_for_place

__all__ = [
    "agree_time",
    "authority_over",
    "book",
    "book_group",
    "book_newcomer",
    "call_off",
    "call_off_bookings",
    "cancel_booking",
    "cancel_session",
    "change_party",
    "change_session",
    "change_week",
    "check_in",
    "close_hall",
    "close_visits",
    "confirm_hold",
    "count_heads",
    "give_up_booking",
    "group_came",
    "group_waits",
    "hold_session",
    "leave_queue",
    "mark_no_show",
    "mark_served",
    "move_booking",
    "open_marks",
    "open_planned_sessions",
    "open_session",
    "promote_all",
    "release_hold",
    "reopen_hall",
    "save_opening",
    "save_room",
    "save_service",
    "settle_agreed",
    "take_back_cancel",
    "undo_cancel",
    "undo_mark",
    "undo_walk_in",
    "wait_for_place",
    "walk_in",
]
