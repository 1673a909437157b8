"""Sessions of campaigns over HTTP: read, and taken through the steps of their table."""

from rest_framework import serializers

from community_portal.matters.api import MatterSerializer, MatterViewSet
from safety.models import CampaignSession


class CampaignSessionSerializer(MatterSerializer):
    """Sums alone: of children there are no names to give."""

    campaign = serializers.CharField(source="campaign.name")

    class Meta(MatterSerializer.Meta):
        model = CampaignSession
        fields = [
            *MatterSerializer.Meta.fields, "campaign", "venue", "place", "audience", "starts_at", "ends_at", "confirmed_at",
            "heads", "heads_how", "signed", "children", "consents", "leaflets", "asked_before", "right_before",
            "asked_after", "right_after",
        ]  # fmt: skip


class CampaignSessionViewSet(MatterViewSet):
    """Sessions of campaigns within one's scope."""

    serializer_class = CampaignSessionSerializer
