"""The figures of visits, in 人次: who came, who did not, and what was held. A time agreed for a matter, at home or on the phone,
is neither."""

from django.utils.translation import gettext_lazy as _

from community_portal.bookings.models import AGREED, Booking, Session, SessionKind
from community_portal.measure import Measure, Persons, Rate, Rows, register_figures

VISITS = _("人次")
LIST = Rows(
    "bookings/counted_rows.html", lambda rows: rows.select_related("session", "resident", "community"), by="starts_at"
)
HELD = Rows("bookings/held_rows.html", lambda rows: rows.select_related("community", "host", "room"), by="ends_at")
KIND = "(SELECT kind FROM bookings_session WHERE id = {r}.session_id)"
READS = ("state", "party_size", "source", "session_id")
OF_ITS_OWN = f"{{r}}.source <> '{AGREED}'"
CAME = f"{{r}}.state IN ('arrived', 'served') AND {OF_ITS_OWN}"

visits = Measure(
    "visits", _("到访"), VISITS, Booking, "starts_at", READS, LIST, CAME,
    "{r}.party_size", KIND, lambda: dict(SessionKind.choices), hue="green", good=1,
)  # fmt: skip
visits_served = Measure(
    "visits_served", _("办理到访"), VISITS, Booking, "starts_at", READS, LIST, f"{{r}}.state = 'served' AND {OF_ITS_OWN}",
    "{r}.party_size", KIND, lambda: dict(SessionKind.choices), also=f"{KIND} <> '{SessionKind.ACTIVITY}'", hue="green", good=1,
)  # fmt: skip
no_shows = Measure(
    "no_shows", _("爽约"), VISITS, Booking, "starts_at", READS, LIST, f"{{r}}.state = 'no_show' AND {OF_ITS_OWN}",
    "{r}.party_size", hue="amber", good=-1,
)  # fmt: skip
activities_held = Measure(
    "activities_held", _("举办活动"), _("场次"), Session, "ends_at", ("kind", "state"), HELD,
    f"{{r}}.kind = '{SessionKind.ACTIVITY}' AND {{r}}.state = 'open'", good=1, ahead=True,
)  # fmt: skip
activity_visits = Measure(
    "activity_visits", _("参加活动"), VISITS, Booking, "starts_at", READS, LIST, CAME, "{r}.party_size", KIND,
    lambda: dict(SessionKind.choices), also=f"{KIND} = '{SessionKind.ACTIVITY}'", good=1,
)  # fmt: skip

register_figures(
    visits,
    visits_served,
    no_shows,
    Rate("no_show_rate", _("爽约率"), part=no_shows, whole=(visits, no_shows), hue="amber", good=-1),
    activities_held,
    activity_visits,
    Persons("activity_participants", _("参加活动的人"), _("人"), of=activity_visits, good=1),
)
