"""Equipment over HTTP, and looks at it: up to two hundred a call, as a phone kept them, each answered for itself."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.captured import KEPT_FOR, captured
from community_portal.people.once import idempotent
from community_portal.people.reach import whole_communities
from community_portal.refusals import Refusal
from safety.actions.inspections import Found, inspect
from safety.models import Equipment, Inspection, InspectionRound
from safety.workflow.equipment import INSPECTORS, Answer
from safety.workflow.states import READERS

MOST = 200


class EquipmentSerializer(serializers.ModelSerializer[Equipment]):
    community = serializers.CharField(source="community.code")
    premises = serializers.CharField(source="premises.name")

    class Meta:
        model = Equipment
        fields = [
            "code", "kind", "spec", "community", "premises", "floor", "spot", "made_on", "serviced_on",
            "service_due_on", "scrap_on", "expires_on", "state", "inspected_at", "scrapped_at", "scrapped_why",
        ]  # fmt: skip


class EquipmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Equipment]):
    """Pieces within one's places."""

    serializer_class = EquipmentSerializer
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9-]{2,16}"
    queryset = Equipment.objects.none()

    def get_queryset(self) -> Any:
        return Equipment.objects.visible_to(self.request.user).select_related("community", "premises").order_by("-pk")


class LookSerializer(serializers.Serializer[Any]):
    """``key`` is the caller's own name for this look: sent again, it counts once. ``seconds`` is how long somebody looked."""

    equipment = serializers.CharField(max_length=16)
    key = serializers.CharField(max_length=76, min_length=1)
    at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    seconds = serializers.IntegerField(min_value=0, max_value=86_400)
    round = serializers.IntegerField(required=False, allow_null=True, default=None)
    answers = serializers.DictField(child=serializers.ChoiceField(choices=Answer.choices))
    words = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True), required=False)


class LooksSerializer(serializers.Serializer[Any]):
    inspections = LookSerializer(many=True, max_length=MOST, min_length=1)  # type: ignore[call-arg]


class LookAnswerSerializer(serializers.Serializer[Any]):
    """``status`` is ``new``, ``known`` (looked at today already, or sent before) or ``refused`` with a code and a sentence."""

    key = serializers.CharField()
    status = serializers.CharField()
    inspection = serializers.IntegerField(allow_null=True)
    flag = serializers.CharField(allow_blank=True)
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class InspectionSerializer(serializers.ModelSerializer[Inspection]):
    equipment = serializers.CharField(source="equipment.code")
    by = serializers.CharField(source="by.username", allow_null=True)

    class Meta:
        model = Inspection
        fields = [
            "id", "equipment", "result", "on", "started_at", "ended_at", "was_offline", "is_counted", "flag", "by", "round",
        ]  # fmt: skip


class InspectionViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Inspection]):
    """Looks at pieces within one's places."""

    serializer_class = InspectionSerializer
    queryset = Inspection.objects.none()

    def get_queryset(self) -> Any:
        """Of pieces that one sees: a grid officer those of the own grids."""
        user: Any = self.request.user
        rows = Inspection.objects.select_related("equipment", "by").order_by("-pk")
        if user.is_superuser or not user.is_authenticated:
            return rows if user.is_superuser else rows.none()
        here = Q(community_id__in=whole_communities(user, READERS))
        return rows.filter(here | Q(equipment__grid_id__in=user.grid_ids) if user.grid_ids else here)

    @extend_schema(request=LooksSerializer, responses={200: LookAnswerSerializer(many=True)})
    @idempotent
    def create(self, request: Request) -> Response:
        """A batch: what is refused says why, and holds nothing else up."""
        user: Any = request.user
        if not user.is_superuser and not user.roles & INSPECTORS:
            raise PermissionDenied
        given = LooksSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        looks = given.validated_data["inspections"]
        pieces = _pieces(user, looks)
        rounds = InspectionRound.objects.visible_to(user).in_bulk({one["round"] for one in looks if one["round"]})
        return Response([_take(one, pieces, rounds, by=user) for one in looks])


def _pieces(user: Any, looks: list[dict[str, Any]]) -> dict[str, Equipment]:
    codes = {one["equipment"].upper() for one in looks}
    return {piece.code: piece for piece in Equipment.objects.visible_to(user).filter(code__in=codes)}


def _take(one: dict[str, Any], pieces: dict[str, Equipment], rounds: dict[int, Any], *, by: Any) -> dict[str, Any]:
    """Each in a transaction of its own within the call."""
    now, piece = clock.now(), pieces.get(one["equipment"].upper())
    if piece is None or one["round"] and one["round"] not in rounds:
        return _answer(one, "refused", code="not_found", detail="no such piece or round in your places")
    if one["at"] is not None and not now - KEPT_FOR <= one["at"] <= now:
        return _answer(one, "refused", code="bad_moment", detail="at lies ahead, or is older than a day")
    found = Found(answers=one["answers"], words=one.get("words", {}), seconds=one["seconds"])
    try:
        with transaction.atomic(), captured(one["at"]):
            look, is_new = inspect(piece, found, key=one["key"], by=by, at=now, round=rounds.get(one["round"]))
    except Refusal as refusal:
        return _answer(one, "refused", code=refusal.code, detail=str(refusal))
    look.refresh_from_db(fields=["flag"])
    return _answer(one, "new" if is_new else "known", look=look)


def _answer(one: dict[str, Any], status: str, *, look: Any = None, code: str = "", detail: str = "") -> dict[str, Any]:
    return {
        "key": one["key"], "status": status, "inspection": look.pk if look else None, "flag": look.flag if look else "",
        "code": code, "detail": detail,
    }  # fmt: skip
