import functools
from json import dumps, loads
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('figures', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Checked',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('differences', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
            ],
            options={'table': 'figures_checked', 'app': 'figures', 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
