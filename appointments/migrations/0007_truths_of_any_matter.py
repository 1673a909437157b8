import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q

STATES = [
    'registered', 'assigned', 'visiting', 'verified', 'applying', 'handling', 'street', 'waiting', 'not_eligible',
    'resolved', 'closed', 'withdrawn',
]


def renamed(old, new, condition):
    """The same truth under the name that it has for any matter: nothing is read through again."""
    return migrations.SeparateDatabaseAndState(
        [
            migrations.RunSQL(
                f'ALTER TABLE appointments_helprequest RENAME CONSTRAINT {old} TO {new}',
                f'ALTER TABLE appointments_helprequest RENAME CONSTRAINT {new} TO {old}',
            )
        ],
        [
            migrations.RemoveConstraint('helprequest', old),
            migrations.AddConstraint('helprequest', models.CheckConstraint(condition=condition, name=new)),
        ],
    )


class Migration(migrations.Migration):
    # Each by itself, and the unique index beside those who write: no lock that anybody waits for.
    atomic = False

    dependencies = [
        ('appointments', '0006_messages_name_their_flow'),
    ]

    operations = [
        renamed('help_request_state_exists', 'helprequest_state_exists', Q(state__in=STATES)),
        renamed(
            'closed_help_request_has_closed_at', 'closed_helprequest_has_closed_at',
            ~Q(state__in=['closed', 'withdrawn']) | Q(closed_at__isnull=False),
        ),
        renamed(
            'satisfaction_is_1_to_5', 'helprequest_is_rated_1_to_5',
            Q(satisfaction__isnull=True) | Q(satisfaction__gte=1, satisfaction__lte=5),
        ),
        migrations.RemoveConstraint('helprequest', 'waiting_help_request_can_resume'),
        AddConstraintNotValid(
            'helprequest',
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, resume_state='') | Q(paused_at__isnull=False) & ~Q(resume_state=''),
                name='paused_helprequest_can_resume',
            ),
        ),
        AddConstraintNotValid(
            'helprequest',
            models.CheckConstraint(
                condition=~Q(state__in=['waiting']) | Q(paused_at__isnull=False), name='waiting_helprequest_is_paused'
            ),
        ),
        ValidateConstraint('helprequest', 'paused_helprequest_can_resume'),
        ValidateConstraint('helprequest', 'waiting_helprequest_is_paused'),
        migrations.RenameIndex('helprequest', new_name='helprequest_newest', old_name='help_newest_in_place'),
        migrations.RenameIndex('helprequest', new_name='helprequest_in_state', old_name='help_by_state_in_place'),
        migrations.RenameIndex('helprequest', new_name='helprequest_by_due', old_name='help_open_by_due'),
        migrations.RenameIndex('helprequest', new_name='helprequest_in_hand', old_name='help_of_handler'),
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    'CREATE UNIQUE INDEX CONCURRENTLY one_helprequest_per_case ON appointments_helprequest (case_id)',
                    migrations.RunSQL.noop,
                ),
                migrations.RunSQL(
                    'ALTER TABLE appointments_helprequest'
                    ' ADD CONSTRAINT one_helprequest_per_case UNIQUE USING INDEX one_helprequest_per_case',
                    'ALTER TABLE appointments_helprequest DROP CONSTRAINT one_helprequest_per_case',
                ),
            ],
            [
                migrations.AddConstraint(
                    'helprequest', models.UniqueConstraint(fields=('case',), name='one_helprequest_per_case')
                )
            ],
        ),
        migrations.AlterField(
            model_name='helprequest',
            name='planned_visit',
            field=models.OneToOneField(blank=True, help_text='the time last agreed for it; its own state says what became of it', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s', to='bookings.booking'),
        ),
    ]
