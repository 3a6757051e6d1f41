from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from office.models import DayKind, Role
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('actor', fields.CharField(max_length=48)),
                ('action', fields.CharField(max_length=48)),
                ('subject', fields.CharField(max_length=48)),
            ],
            options={'table': 'audit', 'app': 'office', 'indexes': [Index(fields=['at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='CatalogueEntry',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('catalogue', fields.CharField(max_length=32)),
                ('code', fields.CharField(max_length=48)),
                ('parent', fields.CharField(default='', max_length=48)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
                ('maps_to', fields.CharField(default='', max_length=48)),
                ('labels', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('position', fields.IntField(default=0)),
            ],
            options={'table': 'catalogue_entry', 'app': 'office', 'unique_together': (('catalogue', 'code', 'valid_from'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='ClosingDay',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.DateField()),
                ('kind', fields.CharEnumField(description='PUBLIC: public\nSCHOOL: school\nLOCAL: local', enum_type=DayKind, max_length=16)),
                ('name', fields.CharField(max_length=200)),
                ('closed', fields.BooleanField(default=True)),
            ],
            options={'table': 'closing_day', 'app': 'office', 'unique_together': (('day', 'kind'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('kind', fields.CharField(max_length=48)),
                ('actor', fields.CharField(max_length=48)),
                ('subject', fields.CharField(max_length=48)),
                ('details', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('pending', fields.BooleanField(default=True, db_index=True)),
            ],
            options={'table': 'journal', 'app': 'office', 'indexes': [Index(fields=['subject'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Due',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('entry', fields.ForeignKeyField('office.JournalEntry', source_field='entry_id', db_constraint=True, to_field='id', related_name='due', on_delete=OnDelete.CASCADE)),
                ('reaction', fields.CharField(max_length=48)),
                ('subject', fields.CharField(max_length=48)),
                ('attempts', fields.IntField(default=0)),
                ('not_before', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('card', fields.BooleanField(default=False)),
                ('reason', fields.CharField(default='', max_length=200)),
            ],
            options={'table': 'due', 'app': 'office', 'unique_together': (('entry', 'reaction'),), 'indexes': [Index(fields=['subject', 'reaction']), Index(fields=['card', 'not_before'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Place',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=32)),
                ('name', fields.CharField(max_length=200)),
                ('address', fields.CharField(default='', max_length=200)),
                ('details', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('position', fields.IntField(default=0)),
            ],
            options={'table': 'place', 'app': 'office', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Staff',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=16)),
                ('name', fields.CharField(max_length=200)),
                ('email', fields.CharField(unique=True, max_length=254)),
                ('role', fields.CharEnumField(description='COUNSELLOR: counsellor\nRECEPTION: reception\nLEAD: lead\nADMIN: admin', enum_type=Role, max_length=16)),
                ('password_hash', fields.CharField(default='', max_length=200)),
                ('languages', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('active', fields.BooleanField(default=True)),
                ('log_in_generation', fields.IntField(default=0)),
                ('feed_generation', fields.IntField(default=0)),
            ],
            options={'table': 'staff', 'app': 'office', 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
