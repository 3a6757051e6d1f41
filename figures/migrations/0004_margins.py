from tortoise import migrations
from tortoise.migrations import operations as ops
from figures.models import Unit
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('figures', '0003_recording')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Margin',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.CharEnumField(description='what is counted', enum_type=Unit, max_length=12)),
                ('dimension', fields.CharField(max_length=12)),
                ('day', fields.DateField()),
                ('code', fields.CharField(default='unknown', max_length=48)),
                ('count', fields.IntField()),
            ],
            options={'table': 'figures_margin', 'app': 'figures', 'unique_together': (('unit', 'dimension', 'day', 'code'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        # The days that were summed so far have no margins: tables read their lines until they are summed anew.
        ops.RunSQL('UPDATE "figures_day" SET "stale" = (1 = 1)', reverse_sql='SELECT 1'),
    ]
