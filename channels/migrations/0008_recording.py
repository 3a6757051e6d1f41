from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('channels', '0007_search'), ('office', '0002_calendar')]

    initial = False

    operations = [
        ops.CreateModel(
            name='ParkedForm',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='parked_forms', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=16)),
                ('typed', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('parked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'parked_form', 'app': 'channels', 'indexes': [Index(fields=['staff_id', 'parked_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
