"""2. Nothing lost, nothing twice."""

from __future__ import annotations

from tests.promises.mutation import Mutation

OUTBOX = "tests/channels/test_outbox.py::"
JOURNAL = "tests/office/test_journal.py::"
MESSAGE = "tests/channels/email/test_message.py::"
SMS_WAY = "tests/channels/sms/test_way.py::"
MAIL_INTAKE = "tests/channels/email/test_intake.py::"
FETCH = "tests/channels/email/test_fetch.py::"
RESPONSES = "tests/channels/email/test_responses.py::"
DESK = "tests/channels/web/test_desk.py::"
QUESTIONS = "tests/channels/test_outbox_questions.py::"
THREAD = "tests/inquiries/test_thread.py::"
MERGING = "tests/inquiries/test_merging.py::"

MUTATIONS = (
    Mutation(
        "office/journal.py",
        "an entry is fanned out again and again",
        "for entry in entries]).update(pending=False)",
        "for entry in entries]).update(pending=True)",
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
    Mutation(
        "channels/sms/way.py",
        "the same words of another message count as this one",
        "            if not await Message.filter(provider_id=sid).exclude(id=message.id).exists():\n",
        "            if sid:\n",
        SMS_WAY + "test_the_same_words_of_another_message_are_not_taken_for_this_one[sqlite]",
    ),
    Mutation(
        "channels/email/belonging.py",
        "the token in our address proves nothing",
        "    if named is not None:\n",
        "    if False:\n",
        MAIL_INTAKE + "test_address_with_a_token_leads_into_its_thread[sqlite]",
    ),
    Mutation(
        "channels/email/fetch.py",
        "the mark of a mailbox goes back",
        "box.uid = max(box.uid, uid) if",
        "box.uid = uid if",
        FETCH + "test_mark_never_goes_back_while_the_numbers_mean_the_same[sqlite]",
    ),
    Mutation(
        "channels/email/fetch.py",
        "the mark is not set with the mail",
        "    if mark:\n        await _move(name, validity, uid)\n",
        "",
        FETCH + "test_connection_lost_on_the_way_loses_no_mail[sqlite]",
    ),
    Mutation(
        "channels/email/bounce.py",
        "a full mailbox counts as a dead address",
        "    if found.address_id and NO_SUCH_ADDRESS.fullmatch(told.status):\n",
        "    if found.address_id:\n",
        RESPONSES + "test_full_mailbox_is_no_dead_address[sqlite]",
    ),
    Mutation(
        "workers/reactions.py",
        "machines are answered",
        '    if entry.details["first"] and not entry.details["automatic"]:\n',
        '    if entry.details["first"]:\n',
        MAIL_INTAKE + "test_sender_of_very_many_mails_gets_no_more_receipts[sqlite]",
    ),
    Mutation(
        "channels/web/desk/log.py",
        "a call written down by a double click is two",
        'told=Told(f"log:{key}"',
        'told=Told(f"log:{secrets.token_hex(16)}"',
        "tests/channels/web/test_desk_log.py::test_a_form_sent_twice_is_one_contact[sqlite]",
    ),
    Mutation(
        "channels/incoming.py",
        "what was dealt with is read once more",
        "    unread = Incoming.filter(id=incoming_id, state=IncomingState.UNREADABLE)\n",
        "    unread = Incoming.filter(id=incoming_id)\n",
        DESK + "test_what_nobody_could_read_is_a_card_to_try_again_or_to_settle[sqlite]",
    ),
    Mutation(
        "channels/sending.py",
        "a flood in somebody's name keeps our answer back",
        "    if message.writing_id is None or void:\n",
        "    if True:\n",
        QUESTIONS + "test_a_flood_in_somebody_s_name_does_not_keep_our_answer_back[sqlite]",
    ),
    Mutation(
        "inquiries/thread.py",
        "an answer goes out over the head of what its writer has not read",
        "    if seen is not None and (unread := await since(found.id, seen)):\n",
        "    if unread := []:\n",
        THREAD + "test_of_many_who_answer_at_once_one_is_sent_and_the_others_are_held[sqlite]",
    ),
    Mutation(
        "inquiries/thread.py",
        "what was sent is still there as a draft",
        "    await drafts.forget(author, inquiry_id, DraftKind.ANSWER)\n",
        "",
        "tests/inquiries/test_drafts.py::test_it_is_gone_once_it_is_sent_and_what_another_began_stays[sqlite]",
    ),
    Mutation(
        "channels/web/log_in.py",
        "what was posted after the log-in ended is dropped",
        '            if who is None and request.method == "POST":\n                raise Ended\n',
        "",
        "tests/channels/web/test_desk_answers.py"
        "::test_log_in_that_ended_while_typing_leads_back_to_the_form_with_the_text[sqlite]",
    ),
    Mutation(
        "inquiries/thread.py",
        "a question told again is an error",
        'person that is gone.\n    """\n    known = await Writing.get_or_none(key=told.key)\n    if known:\n',
        'person that is gone.\n    """\n    known = await Writing.get_or_none(key=told.key)\n    if False:\n',
        THREAD + "test_same_question_told_by_two_at_once_is_one[sqlite]",
    ),
    Mutation(
        "office/links.py",
        "an address written in other letters is no address of a thread",
        "    text = written.upper()\n",
        "    text = written\n",
        MAIL_INTAKE + "test_address_with_a_token_leads_into_its_thread[sqlite]",
    ),
    Mutation(
        "inquiries/thread.py",
        "what comes for a merged question lands where nobody looks",
        "        before = await inquiry.leading(sender.inquiry)\n",
        "        before = await inquiry.locked(sender.inquiry)\n",
        MERGING + "test_old_link_old_page_and_old_number_lead_to_where_it_goes_on[sqlite]",
    ),
    Mutation(
        "channels/sms/numbers.py",
        "an SMS for a merged question begins a new one",
        'Q(channel=SMS) | Q(id__in=list(await texted.values_list("inquiry_id", flat=True)))',
        "Q(channel=SMS)",
        MERGING + "test_an_sms_lands_where_the_conversation_goes_on[sqlite-sms-email]",
    ),
    Mutation(
        "inquiries/states.py",
        "a follow-up outlasts the promise",
        "(Q(follow_up_on=None) | Q(promised_on__lte=today))",
        "Q(follow_up_on=None)",
        "tests/inquiries/test_states.py::test_every_inquiry_is_in_exactly_one_state_in_python_and_in_sql[sqlite]",
    ),
    Mutation(
        "inquiries/thread.py",
        "something new waits for the follow-up of before",
        "found.follow_up_on = min(found.follow_up_on, inquiry.today(now))",
        "pass",
        "tests/inquiries/test_states.py::test_something_new_does_not_wait_for_the_follow_up[sqlite]",
    ),
    Mutation(
        "channels/web/desk/freshness.py",
        "a list does not show what became visible late",
        'order_by("-id").limit(LOOKS_BACK)',
        'order_by("-id").limit(1)',
        "tests/channels/web/test_desk_freshness.py::test_an_entry_that_becomes_visible_late_is_seen[sqlite]",
    ),
)
