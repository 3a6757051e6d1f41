from tortoise import migrations
from tortoise.migrations import operations as ops
from inquiries.models import Part, UploadState
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('inquiries', '0002_inbox')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Participant',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', db_constraint=True, to_field='id', related_name='participants', on_delete=OnDelete.CASCADE)),
                ('part', fields.CharEnumField(description='MOTHER: mother\nFATHER: father\nGUARDIAN: guardian\nPUPIL: pupil\nTEACHER: teacher\nSOCIAL_WORKER: social_worker\nINTERPRETER: interpreter\nOTHER: other', enum_type=Part, max_length=16)),
                ('name', fields.CharField(default='', max_length=200)),
                ('email', fields.CharField(default='', db_index=True, max_length=254)),
                ('phone', fields.CharField(default='', db_index=True, max_length=32)),
                ('may_be_told', fields.BooleanField(default=False)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'participant', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Upload',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('writing', fields.ForeignKeyField('inquiries.Writing', source_field='writing_id', db_constraint=True, to_field='id', related_name='uploads', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharField(max_length=32)),
                ('content', fields.BinaryField()),
                ('size', fields.IntField()),
                ('state', fields.CharEnumField(default=UploadState.STORED, description='STORED: stored\nCLEAN: clean\nUNSCANNED: unscanned\nREFUSED: refused', enum_type=UploadState, max_length=16)),
                ('reason', fields.CharField(default='', max_length=80)),
                ('added_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('checked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'upload', 'app': 'inquiries', 'indexes': [Index(fields=['state', 'id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Person',
            name='no_information',
            field=fields.CharField(default='', db_default='', max_length=16),
        ),
        ops.AddField(
            model_name='Writing',
            name='participant',
            field=fields.ForeignKeyField('inquiries.Participant', source_field='participant_id', null=True, db_constraint=True, to_field='id', related_name='writings', on_delete=OnDelete.SET_NULL),
        ),
    ]
