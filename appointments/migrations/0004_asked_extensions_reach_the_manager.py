from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0003_home_verification_at_an_agreed_time'),
        ('casework', '0003_task_waits_for_a_decision'),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE casework_task t SET decider = 'manager' FROM appointments_helprequest r
            WHERE t.flow = 'help_request' AND t.matter_id = r.id AND t.done_at IS NULL AND r.extension_asked_days > 0
                AND r.state IN ('verified', 'applying', 'handling', 'street')
            """,
            migrations.RunSQL.noop,
        ),
    ]
