from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('inquiries', '0007_search'), ('office', '0002_calendar')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CaseNote',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', db_constraint=True, to_field='id', related_name='case_notes', on_delete=OnDelete.CASCADE)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('author', fields.CharField(max_length=48)),
                ('text', fields.TextField(unique=False)),
                ('expires_on', fields.DateField(db_index=True)),
            ],
            options={'table': 'case_note', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Inquiry',
            name='school_type',
            field=fields.CharField(default='unknown', db_default='unknown', max_length=48),
        ),
    ]
