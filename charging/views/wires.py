"""A wire for staff and for whoever reported it, and all of them as a list."""

from charging.models import WireReport
from community_portal.matters.pages import MatterPages

PAGES = MatterPages(WireReport, "charging/wire.html", my_template="charging/my_wire.html")
