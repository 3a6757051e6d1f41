from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [('inquiries', '0008_recording')]

    initial = False

    operations = [
        ops.AlterField(
            model_name='Upload',
            name='writing',
            field=fields.ForeignKeyField('inquiries.Writing', source_field='writing_id', null=True, db_constraint=True, to_field='id', related_name='uploads', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Upload',
            name='draft',
            field=fields.ForeignKeyField('inquiries.Draft', source_field='draft_id', null=True, db_constraint=True, to_field='id', related_name='uploads', on_delete=OnDelete.CASCADE),
        ),
        ops.AddField(
            model_name='Upload',
            name='name',
            field=fields.CharField(default='', db_default='', max_length=120),
        ),
    ]
