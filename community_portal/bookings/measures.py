"""The figures of visits, in 人次: who came, who did not. A time agreed for a matter, at home or on the phone, is neither."""

from django.utils.translation import gettext_lazy as _

from community_portal.bookings.models import AGREED, Booking, SessionKind
from community_portal.measure import Measure, Rows, register_measures

VISITS = _("人次")
LIST = Rows(
    "bookings/counted_rows.html", lambda rows: rows.select_related("session", "resident", "community"), by="starts_at"
)
KIND = "(SELECT kind FROM bookings_session WHERE id = {r}.session_id)"
OF_ITS_OWN = f"{{r}}.source <> '{AGREED}'"

register_measures(
    Measure(
        "visits", _("到访"), VISITS, Booking, "starts_at", ("state", "party_size", "source"), LIST,
        f"{{r}}.state IN ('arrived', 'served') AND {OF_ITS_OWN}", "{r}.party_size", KIND, lambda: dict(SessionKind.choices),
        hue="green",
    ),
    Measure(
        "no_shows", _("爽约"), VISITS, Booking, "starts_at", ("state", "party_size", "source"), LIST,
        f"{{r}}.state = 'no_show' AND {OF_ITS_OWN}", "{r}.party_size", hue="amber",
    ),
)  # fmt: skip
