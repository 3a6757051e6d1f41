"""1. No double booking, by constraint."""

from __future__ import annotations

from tests.promises.mutation import Mutation

BOOKING = "tests/booking/test_appointments.py::"
CLAIMS = "tests/booking/test_claims.py::"
WALLS = "tests/test_architecture.py::"

MUTATIONS = (
    Mutation(
        "booking/models.py",
        "the guard of claims is no longer declared",
        '        unique_together = (("staff", "cell"),)',
        "        unique_together = ()",
        "tests/office/test_upgrade.py::test_missing_guard_is_found_at_start_and_restored_by_migrate[sqlite]",
    ),
    Mutation(
        "booking/migrations/0001_initial.py",
        "a migration forgets the guard of claims",
        "'unique_together': (('staff', 'cell'),), ",
        "",
        WALLS + "test_models_and_migrations_agree",
    ),
    Mutation(
        "office/guards.py",
        "no guard is restored after an upgrade",
        "    for guard in missing:\n        columns",
        "    for guard in ():\n        columns",
        "tests/office/test_upgrade.py::test_missing_guard_is_found_at_start_and_restored_by_migrate[sqlite]",
    ),
    Mutation(
        "booking/claims.py",
        "cells that have an owner are taken in silence",
        "CAST($2 AS integer) FROM cells",
        "CAST($2 AS integer) FROM cells WHERE true ON CONFLICT DO NOTHING",
        CLAIMS + "test_who_wants_a_cell_that_has_an_owner_gets_none[sqlite]",
    ),
    Mutation(
        "booking/claims.py",
        "the buffer is not owned",
        "    numbers = cells.cells(owner.starts_at, owner.claimed_until)\n    try:",
        "    numbers = cells.cells(owner.starts_at, owner.ends_at)\n    try:",
        BOOKING + "test_more_children_make_a_longer_talk[sqlite]",
    ),
    Mutation(
        "booking/claims.py",
        "nobody waits for who has the calendar",
        "text, *ids, lock=True)",
        "text, *ids)",
        CLAIMS + "test_a_calendar_is_changed_by_one_at_a_time[postgres]",
    ),
    Mutation(
        "booking/holds.py",
        "an expired hold keeps its cells",
        "    if spot.lapsed:\n",
        "    if False:\n",
        BOOKING + "test_expired_hold_gives_way_to_whoever_comes[sqlite]",
    ),
    Mutation(
        "booking/moves.py",
        "an expired hold stands in the way of a move",
        "    await claims.drop_expired(staff_id, starts_at, appointment.claimed_until, now, spot)\n",
        "",
        CLAIMS + "test_expired_hold_gives_way_to_who_moves[sqlite]",
    ),
    Mutation(
        "booking/appointments.py",
        "a cancelled talk keeps its cells",
        "    appointment.revision += 1\n    await claims.release(appointment)\n    await appointment.save()",
        "    appointment.revision += 1\n    await appointment.save()",
        BOOKING + "test_cancelled_time_is_offered_again[sqlite]",
    ),
    Mutation(
        "booking/appointments.py",
        "a twin of the same booking is told the time is taken",
        '    if KEY in await _taken(key, "", now):  # booked before, or our own twin took it',
        "    if False:",
        CLAIMS + "test_twin_that_was_faster_is_not_somebody_else[sqlite]",
    ),
    Mutation(
        "booking/appointments.py",
        "the slower of two clicks is told the hold has expired",
        '    """\n    booked = await Appointment.get_or_none(key=key)\n    if booked:\n',
        '    """\n    booked = await Appointment.get_or_none(key=key)\n    if False:\n',
        BOOKING + "test_double_click_at_the_same_moment_books_once[sqlite]",
    ),
    Mutation(
        "booking/appointments.py",
        "the limit is not kept",
        "        if limits.ENOUGH in found:\n            raise errors.TooManyAppointments\n",
        "",
        BOOKING + "test_one_address_has_at_most_so_many_open_appointments[sqlite]",
    ),
    Mutation(
        "booking/limits.py",
        "two bookings of one address do not wait for each other",
        "DO UPDATE SET fingerprint = excluded.fingerprint",
        "DO NOTHING",
        CLAIMS + "test_limit_holds_for_bookings_with_different_counsellors_at_once",
    ),
    Mutation(
        "booking/slots.py",
        "the buffer may reach into somebody's talk",
        "length, reach = wanted.length, wanted.length + wanted.buffer",
        "length, reach = wanted.length, wanted.length",
        "tests/booking/test_slots.py::test_starts_of_a_day",
    ),
    Mutation(
        "booking/intervals.py",
        "busy times that touch stay two",
        "interval.starts_at <= united[-1].ends_at",
        "interval.starts_at < united[-1].ends_at",
        "tests/booking/test_intervals.py::test_union",
    ),
    Mutation(
        "office/sqlite.py",
        "a transaction that has only read lets another writer in",
        '"BEGIN IMMEDIATE"',
        '"BEGIN"',
        "tests/office/test_database.py::test_transaction_that_has_only_read_keeps_other_writers_out[sqlite]",
    ),
    Mutation(
        "office/database.py",
        "a deadlock is not tried again",
        "if attempt == TRIES or not _passing(error):",
        "if True:",
        "tests/office/test_database.py::test_verb_is_tried_again_after_a_deadlock[sqlite]",
    ),
)
