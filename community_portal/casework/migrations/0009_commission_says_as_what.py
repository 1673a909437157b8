from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casework', '0008_case_grows_out_of_another'),
        ('people', '0013_organisations_take_part'),
    ]

    operations = [
        migrations.AddField(
            model_name='commission',
            name='role',
            field=models.CharField(choices=[('assessor', '评估机构'), ('contractor', '施工单位'), ('care_agency', '养老服务机构'), ('property', '物业公司'), ('operator', '充电运营商'), ('duty_desk', '呼叫值守')], default='contractor', max_length=20),
            preserve_default=False,
        ),
        # Until now an organisation acted in whatever its members were; its kind is what it was given the matter for.
        migrations.RunSQL(
            "UPDATE casework_commission c SET role = o.kind FROM people_organisation o WHERE o.id = c.organisation_id",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(
            model_name='commission',
            name='given_to_an_organisation_once',
        ),
        migrations.AddConstraint(
            model_name='commission',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('flow', 'matter_id', 'organisation', 'role'), name='given_to_an_organisation_once'),
        ),
    ]
