from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('booking', '0003_calendar'), ('channels', '0002_inbox'), ('inquiries', '0002_inbox'), ('office', '0002_calendar')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Message',
            name='call_back',
            field=fields.ForeignKeyField('booking.CallBack', source_field='call_back_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Message',
            name='confirmation',
            field=fields.ForeignKeyField('booking.Confirmation', source_field='confirmation_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Message',
            name='request',
            field=fields.ForeignKeyField('booking.InterpreterRequest', source_field='request_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Message',
            name='waiting',
            field=fields.ForeignKeyField('booking.Waiting', source_field='waiting_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
    ]
