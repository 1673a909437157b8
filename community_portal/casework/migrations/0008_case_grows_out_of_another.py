import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0007_photo_dates_that_can_be'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='part_of',
            field=models.ForeignKey(blank=True, help_text='the case that it grew out of: another matter of a kind that has one there already', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='casework.case'),
        ),
    ]
