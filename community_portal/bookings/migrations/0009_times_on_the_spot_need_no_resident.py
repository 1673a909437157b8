from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    # Each by itself: the table is written all the time, and reading it through must not lock it.
    atomic = False

    dependencies = [
        ('bookings', '0008_activities_by_their_end'),
    ]

    operations = [
        migrations.AlterField(
            model_name='session',
            name='kind',
            field=models.CharField(choices=[('visit', '到访'), ('home_visit', '上门'), ('call', '通话'), ('site', '现场'), ('activity', '活动')], max_length=12),
        ),
        migrations.RemoveConstraint(
            model_name='booking',
            name='booking_knows_its_resident',
        ),
        AddConstraintNotValid(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['held', 'expired']), ('resident__isnull', False), ('source', 'agreed'), _connector='OR'), name='booking_knows_its_resident'),
        ),
        ValidateConstraint(model_name='booking', name='booking_knows_its_resident'),
    ]
