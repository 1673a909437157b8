"""What somebody wrote when booking, and what was said of it, goes when they are forgotten; that somebody came still counts."""

from community_portal.bookings.models import AGREED_KINDS, Booking, Session
from community_portal.bookings.telling import subject_of
from community_portal.outbox.models import Message
from community_portal.people.register.retention import register_forgetter


def forget_bookings(resident_ids: list[int]) -> None:
    """Also the words of a visit agreed with them alone, and what the member of staff who came was told."""
    bookings = Booking.objects.filter(resident__in=resident_ids)
    Message.objects.filter(subject__in=[subject_of(pk) for pk in bookings.values_list("pk", flat=True)]).delete()
    Session.objects.filter(bookings__in=bookings, service=None, kind__in=AGREED_KINDS).update(note="")
    bookings.update(note="", link_hash="")


register_forgetter(forget_bookings)
