"""Whether a row still says what a page showed, for what counts no version of its own: settings, papers, a pair of files."""

import hashlib
import json
from typing import Any

from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from community_portal.refusals import Changed


def edition_of(said: Any) -> str:
    """A short digest of a row, or of any plain values; the same content gives the same edition."""
    values = model_to_dict(said) if isinstance(said, Model) else said
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[:16]


def must_be(seen: str | None, said: Any) -> None:
    """Raises Changed when ``said``, read under a lock, is no longer the edition that the page showed."""
    if seen is not None and seen != edition_of(said):
        raise Changed(_("情况有变：这里刚刚有人改过，请再看一眼。"))
