from django.db import migrations


class Migration(migrations.Migration):
    """Every change of a counted row writes a delta in its own transaction: by triggers that follow every migration (apps.py)."""

    dependencies = [
        ("dashboards", "0001_first_rows"),
        ("appointments", "0001_first_rows"),
        ("bookings", "0001_first_rows"),
    ]
    operations = []
