"""The pages of any matter, as plain functions: a service's view has the address and the mark, and adds panels of its own."""

from community_portal.matters.pages.addresses import MatterPages
from community_portal.matters.pages.lists import list_page, resident_panel
from community_portal.matters.pages.matter import answer_note, answer_row, answer_step, matter_context
from community_portal.matters.pages.mine import answer_my_rating, answer_my_step, answer_my_words, my_context
from community_portal.matters.pages.slip import slip_page

__all__ = [
    "MatterPages",
    "answer_my_rating",
    "answer_my_step",
    "answer_my_words",
    "answer_note",
    "answer_row",
    "answer_step",
    "list_page",
    "matter_context",
    "my_context",
    "resident_panel",
    "slip_page",
]
