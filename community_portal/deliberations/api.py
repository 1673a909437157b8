"""Votes over HTTP: where each stands, and ballots that a program of the house writes down."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.casework.uploads import read_photo
from community_portal.deliberations.actions.ballots import ON_PAPER, record_ballot
from community_portal.deliberations.models import Choice, RollEntry, Vote
from community_portal.deliberations.standing import standing_of
from community_portal.people.once import idempotent
from community_portal.refusals import Refusal


class VoteSerializer(serializers.ModelSerializer):
    case = serializers.CharField(source="case.number")

    class Meta:
        model = Vote
        fields = ["id", "case", "kind", "question", "is_special", "heads", "opens_at", "closes_at", "outcome"]


class NewBallotSerializer(serializers.Serializer):
    unit = serializers.CharField(max_length=60)
    choice = serializers.ChoiceField(choices=Choice.choices)
    channel = serializers.ChoiceField(choices=[(one.value, one.label) for one in ON_PAPER])
    cast_at = serializers.DateTimeField()
    proof = serializers.FileField()


class VoteViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Votes that one reads. The turnout of one is always told, yes and no once it has closed."""

    permission_classes = [IsAuthenticated]
    serializer_class = VoteSerializer
    queryset = Vote.objects.none()

    def get_queryset(self) -> Any:
        return Vote.objects.visible_to(self.request.user).select_related("case", "community").order_by("-id")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With its roll, the turnout, and what is missing to be valid."""
        vote = self.get_object()
        return Response(VoteSerializer(vote).data | _standing(vote))

    @extend_schema(
        request=NewBallotSerializer,
        responses={
            201: OpenApiResponse(description="the turnout after it"),
            409: OpenApiResponse(description="changed: the vote is not under way"),
            422: OpenApiResponse(description="closed, not_open, no_unit, no_proof …"),
        },
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def ballots(self, request: Request, pk: str | None = None) -> Response:
        """One ballot on paper or from the door, with its picture."""
        vote = self.get_object()
        given = NewBallotSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        entry = RollEntry.objects.filter(vote=vote, unit=data.pop("unit")).first()
        if entry is None:
            raise Refusal(_("名册上没有这一户。"), code="no_unit", field="unit")
        proof = read_photo(data.pop("proof"), field="proof")
        by: Any = request.user
        record_ballot(entry, by=by, at=clock.now(), proof=proof, **data)
        return Response(_standing(vote), status=201)


def _standing(vote: Vote) -> dict[str, Any]:
    counted = standing_of(vote)
    tally, more = counted.tally, counted.standing.to_be_valid
    told = {
        "roll": _amount(tally.roll),
        "voted": _amount(tally.voted),
        "missing": _amount(more),
        "missing_words": counted.missing,
        "channels": counted.channels,
    }
    if clock.now() > vote.closes_at:
        told |= {"yes": _amount(tally.yes), "no": _amount(tally.no), "abstain": _amount(tally.abstain)}
    return told


def _amount(amount: Any) -> dict[str, Any]:
    """Square metres as a decimal in words, as the API writes all of them."""
    return {"heads": amount.heads, "area": f"{amount.area // 100}.{amount.area % 100:02d}"}
