from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('inquiries', '0003_access'), ('office', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='WalkIn',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(default='', max_length=200)),
                ('language', fields.CharField(default='de', max_length=48)),
                ('came_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('taken_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('taken_by', fields.ForeignKeyField('office.Staff', source_field='taken_by_id', null=True, db_constraint=True, to_field='id', related_name='walk_ins', on_delete=OnDelete.SET_NULL)),
                ('left_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'walk_in', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Inquiry',
            name='follow_up_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='merged_into',
            field=fields.ForeignKeyField('inquiries.Inquiry', source_field='merged_into_id', null=True, db_constraint=True, to_field='id', related_name='merged', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddIndex(
            model_name='Inquiry',
            index=Index(fields=['closed_at', 'answered_at']),
        ),
        ops.AddIndex(model_name='Inquiry', index=Index(fields=['closed_at', 'follow_up_on'])),
        ops.AddIndex(model_name='Inquiry', index=Index(fields=['closed_at', 'waiting_since'])),
    ]
