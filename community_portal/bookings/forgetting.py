"""What somebody wrote when booking goes when he is forgotten; that somebody came still counts."""

from community_portal.bookings.models import Booking
from community_portal.people.retention import register_forgetter


def forget_notes(resident_ids: list[int]) -> None:
    Booking.objects.filter(resident__in=resident_ids).update(note="", link_hash="")


register_forgetter(forget_notes)
