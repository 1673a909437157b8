"""The files and briefs of this service."""

from community_portal.dossier.sections import register_dossier
from safety.campaign_brief import CAMPAIGN_DOSSIER

register_dossier("campaign_session", CAMPAIGN_DOSSIER)
