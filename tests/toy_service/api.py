from community_portal.matters.api import MatterSerializer, MatterViewSet
from tests.toy_service.models import Loan


class LoanSerializer(MatterSerializer):
    class Meta(MatterSerializer.Meta):
        model = Loan
        fields = [*MatterSerializer.Meta.fields, "aid"]


class LoanViewSet(MatterViewSet):
    """Walking aids on loan."""

    serializer_class = LoanSerializer
