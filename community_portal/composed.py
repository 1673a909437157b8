"""Not for new code without a number from `make bench`: statements that are composed once and planned once, for what every
page asks and every booking does. Everything else stays plain ORM.

The ORM needs three times as long to turn a queryset into SQL as PostgreSQL needs to answer it by a key, and PostgreSQL plans
longer than it reads. So ``Composed`` keeps the SQL of a queryset, and every connection keeps the plans (PREPARE) of what
comes through here; a pool that lends connections for a transaction cannot (settings.DATABASE_KEEPS_PLANS).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Model, QuerySet
from django.db.models.query import ModelIterable
from django.utils.functional import cached_property

M = TypeVar("M", bound=Model)
Params = Sequence[Any] | Mapping[str, Any]
MOST_PLANS = 300  # of one connection; what comes after is planned each time
_planned: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()


class Later(Expression):
    """A value that is given when the query is asked, by name. Stands wherever an expression may; not in ``__in``."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Composed(Generic[M]):
    """Asks the queryset that ``build`` answers, again and again with other values: ``FIND(pk=3)`` is a list of models.

    The queryset may join by select_related; it may not prefetch, nor depend on anything but its ``Later`` values.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build

    @cached_property
    def _made(self) -> tuple[Any, str, tuple[Any, ...], dict[int, Any]]:
        compiler = self._build().query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, places = compiler.as_sql()
        return compiler, sql, places, compiler.get_converters([column[0] for column in compiler.select])

    def __call__(self, **values: Any) -> list[M]:
        try:
            kept, sql, places, converters = self._made
        except EmptyResultSet:
            return []
        params = [values[place.name] if isinstance(place, Later) else place for place in places]
        connection = connections[DEFAULT_DB_ALIAS]
        asked = object.__new__(type(kept))  # a copy, without what copy.copy costs: what it learned of columns and joins
        asked.__dict__ = kept.__dict__ | {
            "connection": connection,  # this thread's
            "as_sql": lambda: planned(sql, params, connection=connection),
            "get_converters": lambda columns: converters,
        }
        query = SimpleNamespace(get_compiler=lambda using: asked)
        rows: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
        return list(ModelIterable(rows))


def tuples_of(rows: QuerySet[Any, tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of a values_list of plain columns, as the database gives them, by a plan that this connection keeps."""
    try:
        statement = planned(*rows.query.sql_with_params())
    except EmptyResultSet:
        return []
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()


def planned(sql: str, params: Params, *, connection: Any = None) -> tuple[str, Params]:
    """What to execute instead of ``sql``: the same with a plan that the connection (this thread's usual one) keeps.

    The type of each parameter must follow from its place in the statement; where it does not, write ``%s::timestamptz``.
    """
    if not settings.DATABASE_KEEPS_PLANS:
        return sql, params
    connection = connection or connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    plans = _planned.setdefault(connection.connection, {})
    call = plans.get(sql)
    if call is None:
        if len(plans) >= MOST_PLANS:
            return sql, params
        call = plans[sql] = _prepare(connection, sql, params)
    return call, params


def _prepare(connection: Any, sql: str, params: Params) -> str:
    """Names the statement on this connection; answers the call of it, with the same placeholders."""
    name = f"portal_{hashlib.sha256(sql.encode()).hexdigest()[:20]}"
    numbers = [f"${n}" for n in range(1, len(params) + 1)]
    if isinstance(params, Mapping):
        numbered, places = sql % dict(zip(params, numbers, strict=True)), [f"%({key})s" for key in params]
    else:
        numbered, places = sql % tuple(numbers), ["%s"] * len(params)
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"PREPARE {name} AS {numbered}")
    return f"EXECUTE {name}({', '.join(places)})" if places else f"EXECUTE {name}"
