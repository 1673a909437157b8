from django.db import migrations

# The words of these are those of any matter now.
MOVED = ("question", "extended", "reopened", "handed_over", "extension_asked")


class Migration(migrations.Migration):
    """What waits to be said finds its matter by ``help_request:7``, as the messages of every flow do, and no more by ``help:7``."""

    dependencies = [
        ('appointments', '0005_each_request_has_a_case_of_its_own'),
        ('outbox', '0005_claim_notes_its_connection'),
    ]

    operations = [
        migrations.RunSQL(
            f"""
            UPDATE outbox_message SET
                subject = 'help_request:' || split_part(subject, ':', 2),
                kind = CASE WHEN kind IN ({', '.join(f"'help_{name}'" for name in MOVED)})
                    THEN 'matter_' || substr(kind, 6) ELSE kind END
            WHERE subject LIKE 'help:%'
            """,
            migrations.RunSQL.noop,
        ),
    ]
