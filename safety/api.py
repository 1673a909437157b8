"""Drills over HTTP: the steps of the table, what is pressed on the day, and head counts; what is left to be put right."""

import datetime as dt
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from community_portal import clock
from community_portal.matters.api import MatterSerializer, MatterViewSet
from community_portal.people.once import idempotent
from safety.actions.day import Scope, count_heads, press
from safety.models import AssemblyPoint, CorrectiveAction, Drill, DrillMark, HeadCount, MarkKind


class DrillSerializer(MatterSerializer):
    commander = serializers.CharField(source="commander.username", allow_null=True)
    evaluator = serializers.CharField(source="evaluator.username", allow_null=True)

    class Meta(MatterSerializer.Meta):
        model = Drill
        fields = [
            *MatterSerializer.Meta.fields, "kinds", "starts_at", "ends_at", "place", "commander", "evaluator", "alarm_at",
            "over_at", "participants", "unaccounted", "micro_station_seconds", "evaluated_at",
        ]  # fmt: skip


class MarkSerializer(serializers.ModelSerializer[DrillMark]):
    """The mark that holds now for this kind and scope."""

    by = serializers.CharField(source="by.username", allow_null=True)

    class Meta:
        model = DrillMark
        fields = ["kind", "house", "floor", "helper", "pressed_at", "happened_at", "words", "by", "key", "was_offline"]


class PressSerializer(serializers.Serializer[Any]):
    """``key`` is the caller's own name for this press: sent again, it counts once."""

    kind = serializers.ChoiceField(choices=MarkKind.choices)
    key = serializers.CharField(max_length=76, min_length=1)
    house = serializers.IntegerField(required=False, allow_null=True, default=None)
    floor = serializers.IntegerField(required=False, allow_null=True, default=None, min_value=1)
    helper = serializers.IntegerField(required=False, allow_null=True, default=None)
    words = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    device_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class CountSerializer(serializers.ModelSerializer[HeadCount]):
    unaccounted = serializers.IntegerField(source="missing", read_only=True)  # as every screen shows it

    class Meta:
        model = HeadCount
        fields = ["point", "expected", "present", "excused", "walk_ins", "unaccounted", "at", "key"]


class NewCountSerializer(serializers.Serializer[Any]):
    point = serializers.IntegerField()
    key = serializers.CharField(max_length=76, min_length=1)
    present = serializers.IntegerField(min_value=0, max_value=20_000)
    expected = serializers.IntegerField(min_value=0, max_value=20_000, required=False, allow_null=True, default=None)
    excused = serializers.IntegerField(min_value=0, max_value=20_000, required=False, default=0)
    walk_ins = serializers.IntegerField(min_value=0, max_value=20_000, required=False, default=0)


class DrillViewSet(MatterViewSet):
    """Drills within one's scope."""

    serializer_class = DrillSerializer

    @extend_schema(request=PressSerializer, responses={200: MarkSerializer, 201: MarkSerializer})
    @action(detail=True, methods=["post"], url_path="marks")
    @idempotent
    def marks(self, request: Request, reference: str) -> Response:
        """201 when this press holds, 200 with the first one when it was pressed before."""
        drill, given = self.get_object(), PressSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data, at = given.validated_data, clock.now()
        live = press(
            drill, _scope(drill, data), key=data["key"], by=request.user, at=at, words=data["words"],  # type: ignore[arg-type]
            device_at=data["device_at"],
        )  # fmt: skip
        return Response(MarkSerializer(live).data, status=201 if _is_new(live, data["key"], at) else 200)

    @extend_schema(request=NewCountSerializer, responses={201: CountSerializer})
    @action(detail=True, methods=["post"], url_path="head-counts")
    @idempotent
    def head_counts(self, request: Request, reference: str) -> Response:
        """Heads at one assembly point; every count is kept."""
        drill, given = self.get_object(), NewCountSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        point = get_object_or_404(AssemblyPoint.objects.select_related("drill"), drill=drill, pk=data.pop("point"))
        row = count_heads(point, by=request.user, at=clock.now(), **data)  # type: ignore[arg-type]
        return Response(CountSerializer(row).data, status=201)


def _is_new(live: DrillMark, key: str, at: dt.datetime) -> bool:
    return live.key == key and live.recorded_at == at


def _scope(drill: Drill, data: dict[str, Any]) -> Scope:
    house = get_object_or_404(drill.houses, pk=data["house"]) if data["house"] else None
    helper = get_object_or_404(drill.helpers, pk=data["helper"]) if data["helper"] else None
    is_floor, is_person = data["kind"] == MarkKind.FLOOR_CLEAR, data["kind"] in (MarkKind.MET, MarkKind.FOUND)
    if is_floor != bool(house and data["floor"]) or is_person != bool(helper):
        raise serializers.ValidationError({"kind": "floor_clear takes house and floor, met and found a helper"})
    return Scope(data["kind"], house, data["floor"] if house else None, helper)


class CorrectiveSerializer(MatterSerializer):
    drill = serializers.CharField(source="drill.case.number")
    retest_in = serializers.CharField(source="retest_in.case.number", allow_null=True)

    class Meta(MatterSerializer.Meta):
        model = CorrectiveAction
        fields = [*MatterSerializer.Meta.fields, "drill", "due_on", "proof", "retest_in", "retest_passed"]


class CorrectiveViewSet(MatterViewSet):
    """What drills left to be put right, within one's scope."""

    serializer_class = CorrectiveSerializer
