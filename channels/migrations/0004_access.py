from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('channels', '0003_calendar'), ('inquiries', '0003_access')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Message',
            name='participant',
            field=fields.ForeignKeyField('inquiries.Participant', source_field='participant_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
    ]
