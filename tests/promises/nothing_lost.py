"""2. Nothing lost, nothing twice."""

from __future__ import annotations

from tests.promises.mutation import Mutation

OUTBOX = "tests/channels/test_outbox.py::"
JOURNAL = "tests/office/test_journal.py::"
MESSAGE = "tests/channels/email/test_message.py::"

MUTATIONS = (
    Mutation(
        "office/journal.py",
        "an entry is fanned out again and again",
        ".update(pending=False)",
        ".update(pending=True)",
        OUTBOX + "test_everything_that_follows_a_booking_follows_once[sqlite]",
    ),
    Mutation(
        "office/journal.py",
        "a reaction that was done is still owed",
        "        await row.delete()\n",
        "",
        OUTBOX + "test_everything_that_follows_a_booking_follows_once[sqlite]",
    ),
    Mutation(
        "office/journal.py",
        "rows that must wait are handed out",
        ".annotate(waits=RawSQL(EARLIER)).filter(waits=False)",
        "",
        JOURNAL + "test_only_the_first_of_a_subject_is_due[sqlite]",
    ),
    Mutation(
        "office/journal.py",
        "a reaction overtakes an earlier one on its subject",
        "            or await Due.filter(subject=row.subject, reaction=row.reaction, id__lt=row.id).exists()",
        "            or False",
        JOURNAL + "test_reaction_does_not_overtake_an_earlier_one[sqlite]",
    ),
    Mutation(
        "office/journal.py",
        "a reaction that always fails never becomes a card",
        "row.card = row.attempts >= FAILURES_UNTIL_CARD",
        "row.card = False",
        OUTBOX + "test_poison_reaction_becomes_a_card_and_others_go_on[sqlite]",
    ),
    Mutation(
        "office/database.py",
        "nobody wakes the workers",
        "    if writing.told:\n",
        "    if False:\n",
        "tests/office/test_database.py::test_workers_are_woken_after_the_commit_and_not_by_a_failure[sqlite]",
    ),
    Mutation(
        "channels/sending.py",
        "a message whose sender died stays where it is",
        "    await lapse(clock())\n",
        "",
        OUTBOX + "test_message_of_a_dead_sender_is_sent_again_marked_as_a_repeat[sqlite]",
    ),
    Mutation(
        "channels/sending.py",
        "two senders take the same message",
        "            message.state = State.SENDING\n",
        "",
        OUTBOX + "test_two_senders_never_take_the_same_message[sqlite]",
    ),
    Mutation(
        "channels/outbox.py",
        "a message put again is an error",
        "bulk_create(rows, ignore_conflicts=True)",
        "bulk_create(rows)",
        OUTBOX + "test_same_message_is_put_once[sqlite]",
    ),
    Mutation(
        "channels/sending.py",
        "a message of unknown fate is sent for ever",
        "    if message.repeats:\n        await _ended(",
        "    if False:\n        await _ended(",
        OUTBOX + "test_cut_after_data_is_sent_once_more_with_the_same_name_and_then_it_is_a_card[sqlite]",
    ),
    Mutation(
        "channels/email/transport.py",
        "cut after DATA counts as not sent",
        'raise Uncertain(f"{type(error).__name__} after DATA")',
        'raise Transient(f"{type(error).__name__} after DATA")',
        "tests/channels/email/test_transport.py::test_taken_but_never_confirmed_is_uncertain_not_sent_again",
    ),
    Mutation(
        "channels/email/message.py",
        "a repeat does not say that it is one",
        "    if message.repeats:\n",
        "    if False:\n",
        MESSAGE + "test_the_second_sending_is_marked_and_otherwise_the_same[sqlite]",
    ),
    Mutation(
        "channels/suppression.py",
        "the old time is confirmed after a move",
        "if situation.revision != situation.message_revision:",
        "if False:",
        "tests/channels/test_suppression.py::test_verdict",
    ),
    Mutation(
        "channels/reminders.py",
        "a reminder follows the confirmation on its heels",
        "changed_at__lte=now - AHEAD",
        "changed_at__lte=now",
        OUTBOX + "test_no_reminder_within_a_day_of_the_confirmation[sqlite]",
    ),
    Mutation(
        "office/upgrade.py",
        "rebuilding a table deletes the rows that point to it",
        '"foreign_keys": "OFF"',
        '"foreign_keys": "ON"',
        "tests/office/test_upgrade.py::test_upgrade_that_alters_a_table_with_data_keeps_rows_and_guards",
    ),
    Mutation(
        "office/upgrade.py",
        "an upgrade that loses rows takes the place of the original",
        "        if lost:\n",
        "        if False:\n",
        "tests/office/test_upgrade.py::test_bad_upgrade_leaves_the_file_as_it_was",
    ),
)
