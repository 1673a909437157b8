"""What comes due, in the staff menu."""

from django.utils.translation import gettext_lazy as _

from community_portal.web.navigation import register_pages

register_pages(menu=(("dues", _("到期事项"), "calendar-check", frozenset()),))
