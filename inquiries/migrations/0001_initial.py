from tortoise import migrations
from tortoise.migrations import operations as ops
from inquiries.models import AddressKind, count_key
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name='Person',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(default='', max_length=200)),
                ('call_name', fields.CharField(default='', max_length=200)),
                ('language', fields.CharField(default='de', max_length=8)),
                ('created_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('count_key', fields.CharField(default=count_key, max_length=32)),
            ],
            options={'table': 'person', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Address',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('inquiries.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='addresses', on_delete=OnDelete.CASCADE)),
                ('kind', fields.CharEnumField(description='EMAIL: email\nPHONE: phone', enum_type=AddressKind, max_length=8)),
                ('value', fields.CharField(max_length=254)),
                ('read_by_others', fields.BooleanField(default=False)),
                ('verified_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('bounced_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('opted_out_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'address', 'app': 'inquiries', 'unique_together': (('person', 'kind', 'value'),), 'indexes': [Index(fields=['kind', 'value'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Inquiry',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('inquiries.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='inquiries', on_delete=OnDelete.CASCADE)),
                ('opened_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('closed_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('channel', fields.CharField(max_length=48)),
                ('topic', fields.CharField(default='unknown', max_length=48)),
                ('audience', fields.CharField(default='unknown', max_length=48)),
                ('outcome', fields.CharField(default='open', max_length=48)),
                ('language', fields.CharField(default='unknown', max_length=48)),
                ('district', fields.CharField(default='unknown', max_length=48)),
                ('new_case', fields.BooleanField(default=True)),
                ('count_key', fields.CharField(default=count_key, max_length=32)),
            ],
            options={'table': 'inquiry', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Contact',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', db_constraint=True, to_field='id', related_name='contacts', on_delete=OnDelete.CASCADE)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('channel', fields.CharField(max_length=48)),
                ('form', fields.CharField(default='unknown', max_length=48)),
                ('duration', fields.CharField(default='unknown', max_length=48)),
                ('void', fields.BooleanField(default=False)),
                ('count_key', fields.CharField(default=count_key, max_length=32)),
            ],
            options={'table': 'contact', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
