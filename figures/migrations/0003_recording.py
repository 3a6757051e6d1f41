from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('figures', '0002_search')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Line',
            name='school_type',
            field=fields.CharField(default='unknown', db_default='unknown', max_length=48),
        ),
    ]
