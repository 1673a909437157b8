"""Celery is a wake-up, never the memory: what must happen stands in a table, a lost task costs seconds.

The settings below are what kept every task in kill -9 trials (see README, "Why"): late acknowledgement, one task in
hand, and a visibility timeout longer than any task may run.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_portal.settings")

app = Celery("community_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Every entry is safe to run twice and on any worker: each claims its rows in the database first.
app.conf.beat_schedule = {
    "deliver-due-messages": {"task": "outbox.deliver_due_messages", "schedule": 5.0, "options": {"expires": 30}},
    "reconcile-messages": {"task": "outbox.reconcile_messages", "schedule": 60.0 * 15},
    "release-expired-holds": {"task": "bookings.release_expired_holds", "schedule": 30.0, "options": {"expires": 60}},
    "open-sessions": {"task": "bookings.open_sessions", "schedule": crontab(hour=3, minute=10)},
    "close-visits": {"task": "bookings.close_visits", "schedule": crontab(hour=20, minute=30)},
    "escalate-overdue": {"task": "casework.escalate_overdue", "schedule": 60.0, "options": {"expires": 300}},
    "ring-alarms": {"task": "casework.ring_alarms", "schedule": 5.0, "options": {"expires": 10}},
    "release-left-behind": {"task": "casework.release_left_behind", "schedule": 300.0, "options": {"expires": 300}},
    "release-hosts": {"task": "bookings.release_left_behind", "schedule": 300.0, "options": {"expires": 300}},
    "fold-figures": {"task": "dashboards.fold_figures", "schedule": 5.0, "options": {"expires": 30}},
    "recount-figures": {"task": "dashboards.recount_figures", "schedule": crontab(hour=3, minute=40)},
    "verify-journals": {"task": "casework.verify_journals", "schedule": crontab(hour=4, minute=0)},
    "verify-seats": {"task": "bookings.verify_seats", "schedule": crontab(hour=4, minute=10)},
    "import-calendar": {"task": "places.import_calendar", "schedule": crontab(hour=2, minute=50)},
    "generate-dues": {"task": "dues.generate", "schedule": crontab(hour=5, minute=30)},
    "keep-partitions": {"task": "charging.keep_partitions", "schedule": crontab(hour=2, minute=40)},
    "count-port-days": {"task": "charging.count_port_days", "schedule": crontab(hour=3, minute=20)},
    "sweep-retention": {"task": "people.sweep_retention", "schedule": crontab(hour=4, minute=20)},
    "worker-heartbeat": {"task": "outbox.beat_heart", "schedule": 20.0, "options": {"expires": 20}},
}
