"""Wake-ups of charging. Each may run twice, on any worker."""

import datetime as dt

from celery import shared_task

from charging.actions.uptime import count_day
from charging.partitions import keep_partitions
from community_portal import clock

DAYS_BACK = 3  # news of yesterday may come tomorrow


@shared_task(name="charging.keep_partitions")
def make_tables_ahead() -> None:
    """Tables for the states of the next months."""
    keep_partitions(on=clock.today())


@shared_task(name="charging.count_port_days")
def count_port_days() -> None:
    """How long sockets worked yesterday, and the days before anew."""
    for back in range(1, DAYS_BACK + 1):
        count_day(clock.today() - dt.timedelta(days=back))
