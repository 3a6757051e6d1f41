from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('channels', '0005_modules'), ('booking', '0004_confirming'), ('inquiries', '0001_initial'), ('inquiries', '0002_inbox'), ('inquiries', '0006_partners'), ('office', '0001_initial'), ('office', '0002_calendar')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Message',
            name='referral',
            field=fields.ForeignKeyField('inquiries.Referral', source_field='referral_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
    ]
