"""The day of the street office begins with its figures."""

from community_portal.people.models import Role
from community_portal.web.navigation import register_pages

register_pages(first_pages={str(Role.STREET_OFFICER): "dashboard"})
