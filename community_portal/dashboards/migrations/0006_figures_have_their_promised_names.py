from django.db import migrations

RENAMED = {
    "requests_taken_in": "help_requests_received",
    "requests_resolved": "help_requests_resolved",
    "requests_on_time": "help_requests_on_time",
    "requests_rated": "help_requests_rated",
    "requests_satisfied": "help_requests_satisfied",
    "problems_solved": "help_requests_solved",
}


def _renamed(names):
    sums = [
        f"UPDATE dashboards_{table} SET measure = '{new}' WHERE measure = '{old}'"
        for table in ("rollup", "coarserollup")
        for old, new in names.items()
    ]
    deltas = [
        f"UPDATE dashboards_delta SET measures = array_replace(measures, '{old}', '{new}') WHERE '{old}' = ANY(measures)"
        for old, new in names.items()
    ]
    return sums + deltas


class Migration(migrations.Migration):
    """What is counted goes on under the names that the API promises; the triggers follow after every migration (apps.py)."""

    dependencies = [("dashboards", "0005_persons_are_counted_once")]
    operations = [
        migrations.RunSQL(_renamed(RENAMED), _renamed({new: old for old, new in RENAMED.items()})),
    ]
