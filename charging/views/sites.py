"""A charging site for staff, and all of them as a list."""

from charging.models import Site
from community_portal.matters.pages import MatterPages

PAGES = MatterPages(Site, "charging/site.html", third_parties=("contractor", "property"))
