from tortoise import migrations
from tortoise.migrations import operations as ops
from channels.models import IncomingState, State
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('booking', '0001_initial'), ('channels', '0001_initial'), ('inquiries', '0002_inbox'), ('office', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Incoming',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('channel', fields.CharField(max_length=8)),
                ('content', fields.BinaryField()),
                ('digest', fields.CharField(default='', db_index=True, max_length=64)),
                ('received_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('state', fields.CharEnumField(default=IncomingState.STORED, description='STORED: stored\nTAKEN: taken\nREPEATED: repeated\nDIALOGUE: dialogue\nRESPONSE: response\nAUTOMATIC: automatic\nUNREADABLE: unreadable\nSETTLED: settled', enum_type=IncomingState, max_length=16)),
                ('reason', fields.CharField(default='', max_length=200)),
                ('sender', fields.CharField(default='', db_index=True, max_length=254)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', null=True, db_constraint=True, to_field='id', related_name='incoming', on_delete=OnDelete.CASCADE)),
                ('writing', fields.ForeignKeyField('inquiries.Writing', source_field='writing_id', null=True, db_constraint=True, to_field='id', related_name='incoming', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'incoming', 'app': 'channels', 'indexes': [Index(fields=['state', 'id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Mailbox',
            fields=[
                ('name', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('uidvalidity', fields.BigIntField()),
                ('uid', fields.BigIntField(default=0)),
                ('read_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('trouble', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'mailbox', 'app': 'channels', 'pk_attr': 'name'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='OptOut',
            fields=[
                ('fingerprint', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('word', fields.CharField(max_length=16)),
            ],
            options={'table': 'opt_out', 'app': 'channels', 'pk_attr': 'fingerprint'},
            bases=['Model'],
        ),
        ops.AlterField(
            model_name='Message',
            name='appointment',
            field=fields.ForeignKeyField('booking.Appointment', source_field='appointment_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
        ops.AlterField(
            model_name='Message',
            name='message_id',
            field=fields.CharField(db_index=True, max_length=200),
        ),
        ops.AlterField(
            model_name='Message',
            name='state',
            field=fields.CharEnumField(default=State.QUEUED, description='QUEUED: queued\nSENDING: sending\nSENT: sent\nDELIVERED: delivered\nFAILED: failed\nUNCERTAIN: uncertain\nWITHHELD: withheld\nSUPERSEDED: superseded', enum_type=State, max_length=16),
        ),
        ops.AddField(
            model_name='Message',
            name='delivered_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Message',
            name='incoming',
            field=fields.ForeignKeyField('channels.Incoming', source_field='incoming_id', null=True, db_constraint=True, to_field='id', related_name='replies', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Message',
            name='inquiry',
            field=fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Message',
            name='provider_id',
            field=fields.CharField(default='', db_index=True, db_default='', max_length=64),
        ),
        ops.AddField(
            model_name='Message',
            name='segments',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Message',
            name='writing',
            field=fields.ForeignKeyField('inquiries.Writing', source_field='writing_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE),
        ),
        # SQLite makes no index for an added column and loses the others when it rebuilds a table.
        ops.RunSQL('CREATE INDEX IF NOT EXISTS "idx_message_queue" ON "message" ("state", "not_before")', reverse_sql='DROP INDEX IF EXISTS "idx_message_queue"'),
        # SQLite makes no index for an added column and loses the others when it rebuilds a table.
        ops.RunSQL('CREATE INDEX IF NOT EXISTS "idx_message_named" ON "message" ("message_id")', reverse_sql='DROP INDEX IF EXISTS "idx_message_named"'),
        # SQLite makes no index for an added column and loses the others when it rebuilds a table.
        ops.RunSQL('CREATE INDEX IF NOT EXISTS "idx_message_provider" ON "message" ("provider_id")', reverse_sql='DROP INDEX IF EXISTS "idx_message_provider"'),
    ]
