from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('channels', '0004_access')]

    initial = False

    operations = [
        ops.CreateModel(
            name='TextModule',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('title', fields.CharField(max_length=100)),
                ('texts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('topic', fields.CharField(default='', max_length=48)),
                ('active', fields.BooleanField(default=True)),
                ('version', fields.IntField(default=1)),
                ('saved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'text_module', 'app': 'channels', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TextModuleVersion',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('module', fields.ForeignKeyField('channels.TextModule', source_field='module_id', db_constraint=True, to_field='id', related_name='versions', on_delete=OnDelete.CASCADE)),
                ('version', fields.IntField()),
                ('title', fields.CharField(max_length=100)),
                ('texts', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('topic', fields.CharField(default='', max_length=48)),
                ('active', fields.BooleanField(default=True)),
                ('saved_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'text_module_version', 'app': 'channels', 'unique_together': (('module', 'version'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
