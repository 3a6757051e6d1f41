from tortoise import migrations
from tortoise.migrations import operations as ops
from inquiries.models import DraftKind
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('inquiries', '0004_threads'), ('office', '0002_calendar')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Draft',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='drafts', on_delete=OnDelete.CASCADE)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', db_constraint=True, to_field='id', related_name='drafts', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='ANSWER: answer\nNOTE: note', enum_type=DraftKind, max_length=16)),
                ('text', fields.TextField(unique=False)),
                ('channel', fields.CharField(default='', max_length=48)),
                ('how', fields.CharField(default='', max_length=16)),
                ('seen', fields.IntField(default=0)),
                ('at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'draft', 'app': 'inquiries', 'unique_together': (('staff', 'inquiry', 'kind'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
