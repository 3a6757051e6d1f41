from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('office', '0004_office')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Staff',
            name='deputy',
            field=fields.ForeignKeyField('office.Staff', source_field='deputy_id', null=True, db_constraint=True, to_field='id', related_name='stands_in_for', on_delete=OnDelete.SET_NULL),
        ),
    ]
