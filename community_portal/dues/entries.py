"""What comes due, in the staff menu: for all to whom something can come due, third parties for what their organisation was given."""

from django.utils.translation import gettext_lazy as _

from community_portal.people.models import STAFF, THIRD_PARTIES
from community_portal.web.navigation import register_pages

HAVE_DUES = frozenset(map(str, STAFF | THIRD_PARTIES))

register_pages(menu=(("dues", _("到期事项"), "calendar-check", HAVE_DUES),))
