from tortoise import migrations
from tortoise.migrations import operations as ops
from inquiries.models import WritingKind
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint

class Migration(migrations.Migration):
    dependencies = [('inquiries', '0001_initial'), ('office', '0001_initial')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Writing',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', db_constraint=True, to_field='id', related_name='writings', on_delete=OnDelete.CASCADE)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('kind', fields.CharEnumField(description='RECEIVED: received\nANSWER: answer\nNOTE: note', enum_type=WritingKind, max_length=16)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('author', fields.CharField(max_length=48)),
                ('channel', fields.CharField(max_length=48)),
                ('text', fields.TextField(unique=False)),
            ],
            options={'table': 'writing', 'app': 'inquiries', 'indexes': [Index(fields=['inquiry_id', 'at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Inquiry',
            name='answered_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='assigned',
            field=fields.ForeignKeyField('office.Staff', source_field='assigned_id', null=True, db_constraint=True, to_field='id', related_name='assigned_inquiries', on_delete=OnDelete.SET_NULL),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='code',
            field=fields.CharField(null=True, max_length=8),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='generation',
            field=fields.IntField(default=0, db_default=0),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='promised_on',
            field=fields.DateField(null=True),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='referral',
            field=fields.CharField(default='unknown', db_default='unknown', max_length=48),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='void',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Inquiry',
            name='waiting_since',
            field=fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddConstraint(
            model_name='Inquiry',
            constraint=UniqueConstraint(fields=('code',), name=None),
        ),
        ops.AddField(
            model_name='Person',
            name='discreet',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.RunSQL('UPDATE "person" SET "discreet" = TRUE WHERE "id" IN (SELECT "person_id" FROM "address" WHERE "read_by_others")'),
        # SQLite makes no index for an added column and loses the others when it rebuilds a table.
        ops.RunSQL('CREATE INDEX IF NOT EXISTS "idx_inquiry_waiting" ON "inquiry" ("waiting_since")', reverse_sql='DROP INDEX IF EXISTS "idx_inquiry_waiting"'),
    ]
