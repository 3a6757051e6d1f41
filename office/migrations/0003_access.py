from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('office', '0002_calendar')]

    initial = False

    operations = [
        ops.AddField(
            model_name='AuditEntry',
            name='purpose',
            field=fields.CharField(default='', db_default='', max_length=16),
        ),
        ops.AddField(
            model_name='AuditEntry',
            name='reason',
            field=fields.CharField(default='', db_default='', max_length=200),
        ),
        ops.AddIndex(
            model_name='AuditEntry',
            index=Index(fields=['subject']),
        ),
    ]
