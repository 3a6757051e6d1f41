from tortoise import migrations
from tortoise.migrations import operations as ops
from figures.models import Unit
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Day',
            fields=[
                ('day', fields.DateField(primary_key=True, unique=True, db_index=True)),
                ('stale', fields.BooleanField(default=True)),
                ('sealed', fields.BooleanField(default=False)),
            ],
            options={'table': 'figures_day', 'app': 'figures', 'indexes': [Index(fields=['stale'])], 'pk_attr': 'day'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Line',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.CharEnumField(description='what is counted', enum_type=Unit, max_length=12)),
                ('key', fields.CharField(max_length=32)),
                ('turn', fields.IntField()),
                ('sign', fields.SmallIntField()),
                ('entry', fields.BigIntField(null=True)),
                ('reaction', fields.CharField(null=True, max_length=40)),
                ('day', fields.DateField()),
                ('hour_band', fields.CharField(default='unknown', max_length=8)),
                ('channel', fields.CharField(default='unknown', max_length=48)),
                ('topic', fields.CharField(default='unknown', max_length=48)),
                ('audience', fields.CharField(default='unknown', max_length=48)),
                ('outcome', fields.CharField(default='unknown', max_length=48)),
                ('language', fields.CharField(default='unknown', max_length=48)),
                ('district', fields.CharField(default='unknown', max_length=48)),
                ('service', fields.CharField(default='unknown', max_length=48)),
                ('mode', fields.CharField(default='unknown', max_length=48)),
                ('status', fields.CharField(default='unknown', max_length=48)),
                ('form', fields.CharField(default='unknown', max_length=48)),
                ('duration', fields.CharField(default='unknown', max_length=48)),
                ('sample', fields.BooleanField(default=False)),
            ],
            options={'table': 'figures_line', 'app': 'figures', 'unique_together': (('unit', 'key', 'turn'),), 'indexes': [Index(fields=['unit', 'day']), Index(fields=['day']), Index(fields=['sample', 'day'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Rollup',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('day', fields.DateField()),
                ('unit', fields.CharEnumField(description='what is counted', enum_type=Unit, max_length=12)),
                ('channel', fields.CharField(default='unknown', max_length=48)),
                ('topic', fields.CharField(default='unknown', max_length=48)),
                ('audience', fields.CharField(default='unknown', max_length=48)),
                ('outcome', fields.CharField(default='unknown', max_length=48)),
                ('language', fields.CharField(default='unknown', max_length=48)),
                ('district', fields.CharField(default='unknown', max_length=48)),
                ('status', fields.CharField(default='unknown', max_length=48)),
                ('count', fields.IntField()),
            ],
            options={'table': 'figures_rollup', 'app': 'figures', 'unique_together': (('day', 'unit', 'channel', 'topic', 'audience', 'outcome', 'language', 'district', 'status'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
