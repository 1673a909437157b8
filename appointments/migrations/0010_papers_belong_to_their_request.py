from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("appointments", "0009_specialists_read_their_categories"),
        ("casework", "0009_commission_says_as_what"),
    ]

    operations = [
        # A paper that came in was kept with the case alone; the line that said so was written in the same moment.
        migrations.RunSQL(
            """
            UPDATE casework_attachment a SET event_id = e.id FROM appointments_paper p, casework_event e
            WHERE a.id = p.attachment_id AND a.event_id IS NULL AND e.case_id = a.case_id AND e.kind = 'paper'
                AND e.flow = 'help_request' AND e.matter_id = p.request_id AND e.at = a.uploaded_at
            """,
            migrations.RunSQL.noop,
        ),
    ]
