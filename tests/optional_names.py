"""Names that templates ask for and that may be missing, each with why. What is not here fails where it is asked for
(house_rules.py): a mistyped name is no error in Django and shows nothing, to nobody's surprise but the resident's."""

OPTIONAL_BECAUSE = {
    "a part that stands on several pages, and not all of them know it": {
        "alike", "chips", "chosen", "consent_channels", "consents_url", "in_demo", "is_short", "move", "note", "of", "older",
        "newer", "one_place", "page", "route.grid", "route.officer", "seen", "where",
    },
    "rows of a component, which name only what they have": {
        "event.icon", "event.photos", "event.quote", "event.when", "event.why", "paper.chip", "paper.picture",
    },
    "the form asks for it in some cases only": {
        "form.address", "form.name", "form.party_size", "form.party_size.errors", "form.photos", "form.resident",
        "form.signature",
    },
    "set by a tag further up, in one of two cases": {"heading", "more_url", "state", "turn"},
    "there once something was done, or for whom it may be done": {
        "agreed.is_coming", "authenticators.totp", "authenticators.webauthn", "changes", "is_late", "may_cancel", "may_move",
        "may_undo", "open_paper", "read", "read.errors", "revealed", "sees_views",
    },
    "another language was chosen on a page with words": {"request.kept.seen"},
    "only a line of a journal may have waited on a phone": {"event.kept"},
    "nobody is signed in": {"user.name", "user.resident.name"},
    "the page stands without a database": {"house.phone"},
}  # fmt: skip
OPTIONAL = set().union(*OPTIONAL_BECAUSE.values())
