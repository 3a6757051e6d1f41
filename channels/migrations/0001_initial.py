from tortoise import migrations
from tortoise.migrations import operations as ops
from channels.models import State
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True
    dependencies = [("office", "0001_initial"), ("inquiries", "0001_initial"), ("booking", "0001_initial")]

    operations = [
        ops.CreateModel(
            name='Message',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=120)),
                ('text', fields.CharField(max_length=48)),
                ('channel', fields.CharField(default='email', max_length=8)),
                ('appointment', fields.ForeignKeyField('booking.Appointment', source_field='appointment_id', db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE)),
                ('revision', fields.IntField()),
                ('address', fields.ForeignKeyField('inquiries.Address', source_field='address_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', null=True, db_constraint=True, to_field='id', related_name='messages', on_delete=OnDelete.CASCADE)),
                ('state', fields.CharEnumField(default=State.QUEUED, description='QUEUED: queued\nSENDING: sending\nSENT: sent\nFAILED: failed\nUNCERTAIN: uncertain\nWITHHELD: withheld\nSUPERSEDED: superseded', enum_type=State, max_length=16)),
                ('message_id', fields.CharField(max_length=200)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('not_before', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('claimed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('sent_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('attempts', fields.IntField(default=0)),
                ('repeats', fields.IntField(default=0)),
                ('reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'message', 'app': 'channels', 'indexes': [Index(fields=['state', 'not_before'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
