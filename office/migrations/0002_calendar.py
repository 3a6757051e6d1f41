from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from json import dumps, loads
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('office', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='OpenHours',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('place', fields.CharField(max_length=32)),
                ('weekday', fields.IntField()),
                ('starts_minute', fields.IntField()),
                ('ends_minute', fields.IntField()),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
            ],
            options={'table': 'open_hours', 'app': 'office', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Season',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(max_length=100)),
                ('starts_on', fields.DateField()),
                ('ends_on', fields.DateField()),
                ('promise_days', fields.IntField(null=True)),
                ('banner', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'season', 'app': 'office', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Place',
            name='feed_generation',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Staff',
            name='break_after_minutes',
            field=fields.IntField(default=360, db_default=360),
        ),
        ops.AddField(
            model_name='Staff',
            name='break_minutes',
            field=fields.IntField(default=30, db_default=30),
        ),
        ops.AddField(
            model_name='Staff',
            name='most_talks',
            field=fields.IntField(default=8, db_default=8),
        ),
    ]
