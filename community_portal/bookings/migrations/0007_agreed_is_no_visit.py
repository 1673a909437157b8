from django.db import migrations, models


class Migration(migrations.Migration):
    """What was agreed for a matter says so; afterwards `manage.py install_figures` counts visits to the hall anew."""

    dependencies = [("bookings", "0006_session_knows_when_it_changed")]

    operations = [
        migrations.AlterField(
            model_name="booking",
            name="source",
            field=models.CharField(help_text="online, desk, phone, api, agreed", max_length=8),
        ),
        migrations.RunSQL(
            """
            UPDATE bookings_booking SET source = 'agreed' FROM bookings_session s
            WHERE s.id = session_id AND s.kind IN ('home_visit', 'call') AND s.service_id IS NULL
            """,
            "UPDATE bookings_booking SET source = 'desk' WHERE source = 'agreed'",
        ),
    ]
