from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from booking.models import Mode, Status
from inquiries.models import count_key
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    initial = True
    dependencies = [("office", "0001_initial"), ("inquiries", "0001_initial")]

    operations = [
        ops.CreateModel(
            name='Absence',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='absences', on_delete=OnDelete.CASCADE)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('reason', fields.CharField(default='absent', max_length=32)),
            ],
            options={'table': 'absence', 'app': 'booking', 'indexes': [Index(fields=['staff_id', 'ends_at'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Booker',
            fields=[
                ('fingerprint', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=32)),
            ],
            options={'table': 'booker', 'app': 'booking', 'pk_attr': 'fingerprint'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Service',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('code', fields.CharField(unique=True, max_length=32)),
                ('titles', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('bring', fields.JSONField(default=dict, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('minutes', fields.IntField()),
                ('minutes_per_child', fields.IntField(default=0)),
                ('buffer_minutes', fields.IntField(default=15)),
                ('step_minutes', fields.IntField(default=15)),
                ('modes', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('notice_minutes', fields.IntField(default=1440)),
                ('horizon_days', fields.IntField(default=28)),
                ('per_person', fields.IntField(default=2)),
                ('topic', fields.CharField(default='unknown', max_length=48)),
                ('audience', fields.CharField(default='unknown', max_length=48)),
                ('active', fields.BooleanField(default=True)),
                ('position', fields.IntField(default=0)),
            ],
            options={'table': 'service', 'app': 'booking', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Appointment',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('code', fields.CharField(unique=True, max_length=8)),
                ('uid', fields.CharField(max_length=200)),
                ('generation', fields.IntField(default=0)),
                ('revision', fields.IntField(default=0)),
                ('service', fields.ForeignKeyField('booking.Service', source_field='service_id', db_constraint=True, to_field='id', related_name='appointments', on_delete=OnDelete.RESTRICT)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='appointments', on_delete=OnDelete.RESTRICT)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', db_constraint=True, to_field='id', related_name='appointments', on_delete=OnDelete.CASCADE)),
                ('person', fields.ForeignKeyField('inquiries.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='appointments', on_delete=OnDelete.CASCADE)),
                ('booker', fields.CharField(default='', db_index=True, max_length=32)),
                ('place', fields.CharField(max_length=32)),
                ('mode', fields.CharEnumField(description='OFFICE: office\nPHONE: phone\nVIDEO: video', enum_type=Mode, max_length=16)),
                ('language', fields.CharField(default='de', max_length=8)),
                ('children', fields.IntField(default=1)),
                ('starts_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('claimed_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('status', fields.CharEnumField(default=Status.BOOKED, description='BOOKED: booked\nATTENDED: attended\nNO_SHOW: no_show\nCANCELLED: cancelled', enum_type=Status, max_length=16)),
                ('calendar_wanted', fields.BooleanField(default=False)),
                ('booked_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('booked_by', fields.CharField(max_length=48)),
                ('channel', fields.CharField(max_length=48)),
                ('changed_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('arrived_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('cancelled_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('cancelled_by', fields.CharField(default='', max_length=48)),
                ('cancel_reason', fields.CharField(default='', max_length=48)),
                ('times_moved', fields.IntField(default=0)),
                ('count_key', fields.CharField(default=count_key, max_length=32)),
            ],
            options={'table': 'appointment', 'app': 'booking', 'indexes': [Index(fields=['staff_id', 'claimed_until'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Hold',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('service', fields.ForeignKeyField('booking.Service', source_field='service_id', db_constraint=True, to_field='id', related_name='holds', on_delete=OnDelete.CASCADE)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='holds', on_delete=OnDelete.CASCADE)),
                ('place', fields.CharField(max_length=32)),
                ('mode', fields.CharEnumField(description='OFFICE: office\nPHONE: phone\nVIDEO: video', enum_type=Mode, max_length=16)),
                ('language', fields.CharField(default='', max_length=8)),
                ('children', fields.IntField(default=1)),
                ('starts_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('claimed_until', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('expires_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('extended', fields.IntField(default=0)),
            ],
            options={'table': 'hold', 'app': 'booking', 'indexes': [Index(fields=['staff_id', 'claimed_until'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Claim',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
                ('cell', fields.IntField()),
                ('hold', fields.ForeignKeyField('booking.Hold', source_field='hold_id', null=True, db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
                ('appointment', fields.ForeignKeyField('booking.Appointment', source_field='appointment_id', null=True, db_constraint=True, to_field='id', related_name='claims', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'claim', 'app': 'booking', 'unique_together': (('staff', 'cell'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Offering',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('service', fields.ForeignKeyField('booking.Service', source_field='service_id', db_constraint=True, to_field='id', related_name='offerings', on_delete=OnDelete.CASCADE)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='offerings', on_delete=OnDelete.CASCADE)),
            ],
            options={'table': 'offering', 'app': 'booking', 'unique_together': (('service', 'staff'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='WorkingHours',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('staff', fields.ForeignKeyField('office.Staff', source_field='staff_id', db_constraint=True, to_field='id', related_name='working_hours', on_delete=OnDelete.CASCADE)),
                ('weekday', fields.IntField()),
                ('starts_minute', fields.IntField()),
                ('ends_minute', fields.IntField()),
                ('weeks', fields.CharField(default='every', max_length=8)),
                ('place', fields.CharField(max_length=32)),
                ('services', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('valid_from', fields.DateField()),
                ('valid_to', fields.DateField(null=True)),
            ],
            options={'table': 'working_hours', 'app': 'booking', 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
