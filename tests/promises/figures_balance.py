"""3. The figures balance."""

from __future__ import annotations

from tests.promises.mutation import Mutation

BOOKING = "tests/booking/test_appointments.py::"
COUNTING = "tests/workers/test_counting.py::"
THREAD = "tests/inquiries/test_thread.py::"
MERGING = "tests/inquiries/test_merging.py::"

MUTATIONS = (
    Mutation(
        "figures/ledger.py",
        "who lost the race is not told to state it again",
        "raise Conflict from error",
        "raise",
        "tests/figures/test_ledger.py::test_who_lost_the_turn_is_told_and_leaves_nothing[sqlite]",
    ),
    Mutation(
        "figures/ledger.py",
        "a correction adds instead of taking away",
        "sign=1 if times > 0 else -1",
        "sign=1",
        "tests/figures/test_ledger.py::test_a_correction_is_two_lines[sqlite]",
    ),
    Mutation(
        "figures/ledger.py",
        "a day with new lines counts as summed",
        "    await days.mark(touched, stale=True)\n",
        "",
        "tests/figures/test_rollups.py::test_what_is_taken_back_leaves_no_cell[sqlite]",
    ),
    Mutation(
        "figures/days.py",
        "writers and rebuilders do not take turns",
        'on_conflict=["day"], update_fields=["day"]',
        "ignore_conflicts=True",
        "tests/figures/test_rollups.py::test_writers_and_rebuilders_at_once_lose_nothing",
    ),
    Mutation(
        "figures/rollups.py",
        "a stale day is read from its old sums",
        "AND $2 AND day NOT IN (SELECT day FROM figures_day WHERE stale)\n    UNION ALL",
        "AND $2\n    UNION ALL",
        "tests/figures/test_tables.py::test_a_day_with_new_lines_is_not_read_from_its_sums[sqlite-by3]",
    ),
    Mutation(
        "figures/rollups.py",
        "one dimension of a stale day is read from its old sums",
        "    AND day NOT IN (SELECT day FROM figures_day WHERE stale)\n    UNION ALL",
        "    UNION ALL",
        "tests/figures/test_tables.py::test_a_day_with_new_lines_is_not_read_from_its_sums[sqlite-by2]",
    ),
    Mutation(
        "figures/rollups.py",
        "one dimension is not summed anew",
        "        await _sum_one(dimension, some)\n",
        "        await _sum_one(dimension, some[:0])\n",
        "tests/figures/test_tables.py::test_a_refreshed_store_is_read_from_its_sums[sqlite-Margin-by3]",
    ),
    Mutation(
        "figures/check.py",
        "something that counts twice is no difference",
        "HAVING SUM(sign) NOT IN (0, 1)",
        "HAVING SUM(sign) NOT IN (0, 1, 2)",
        "tests/figures/test_check.py::test_a_broken_store_is_found_out",
    ),
    Mutation(
        "workers/counting.py",
        "a talk that did not take place counts as a contact",
        "    if row.void or found.void:\n",
        "    if found.void:\n",
        COUNTING + "test_event_counts_as_the_truth_table_says[sqlite-appointment.no_show was attended]",
    ),
    Mutation(
        "workers/counting.py",
        "the case follows the latest inquiry",
        "    if found.new_case and _counts(found):\n",
        "    if _counts(found):\n",
        COUNTING + "test_case_stays_with_the_first_inquiry[sqlite]",
    ),
    Mutation(
        "workers/counting.py",
        "advertising stays a case",
        "    if found.new_case and _counts(found):\n",
        "    if found.new_case:\n",
        COUNTING
        + "test_event_counts_as_the_truth_table_says[sqlite-inquiry.voided spam, first inquiry of its sender]",
    ),
    Mutation(
        "inquiries/inquiry.py",
        "a talk recorded again after a slip of the hand stays void",
        "duration = excluded.duration, void = excluded.void",
        "duration = excluded.duration",
        BOOKING + "test_outcome_can_be_recorded_and_corrected[sqlite]",
    ),
    Mutation(
        "inquiries/thread.py",
        "a caller who gave no name is a case",
        "    if nobody:\n        found.new_case = False\n",
        "",
        THREAD + "test_note_of_a_call_without_a_name_is_no_case[sqlite]",
    ),
    Mutation(
        "inquiries/inquiry.py",
        "contacts of what is taken back still count",
        "    await _void_contacts(found.id)\n",
        "",
        THREAD + "test_advertising_is_taken_back_with_all_it_counted[sqlite]",
    ),
    Mutation(
        "workers/counting.py",
        "advertising stays an inquiry",
        "turned_to_us = _inquiry_fact(found) if _counts(found) else None",
        "turned_to_us = _inquiry_fact(found)",
        COUNTING
        + "test_event_counts_as_the_truth_table_says[sqlite-inquiry.voided spam, first inquiry of its sender]",
    ),
    Mutation(
        "workers/counting.py",
        "what is part of another inquiry still counts as one",
        "return not found.void and found.merged_into_id is None",
        "return not found.void",
        COUNTING + "test_event_counts_as_the_truth_table_says[sqlite-inquiry.merged of one person]",
    ),
    Mutation(
        "workers/counting.py",
        "the case of a record that was somebody else's stays",
        "    await ledger.state_many([Statement(Unit.CASE, person.count_key, None, entry)])\n",
        "",
        COUNTING
        + "test_event_counts_as_the_truth_table_says[sqlite-inquiry.merged two records were one person]",
    ),
    Mutation(
        "inquiries/people.py",
        "two records that were one person are two cases",
        "    await Inquiry.filter(person_id=person.id).exclude(id=first.id).update(new_case=False)\n",
        "",
        MERGING + "test_all_matters_and_talks_of_one_are_the_other_s[sqlite]",
    ),
    Mutation(
        "channels/merging.py",
        "what was booked for a record that goes is lost",
        "        await handing_over.of_person(going.id, staying)\n    await going.delete()",
        "    await going.delete()",
        COUNTING + "test_what_is_booked_for_a_record_that_is_about_to_go_goes_along[sqlite]",
    ),
    Mutation(
        "inquiries/merging.py",
        "exchanges stay behind when their matter becomes one of its own",
        "    await Contact.filter(inquiry_id=found.id, key__in=keys).update(inquiry_id=opened.id)\n",
        "",
        MERGING + "test_from_a_writing_on_it_is_a_matter_of_its_own[sqlite]",
    ),
    Mutation(
        "inquiries/inquiry.py",
        "what was merged can be opened again beside what it is part of",
        "    if found.merged_into_id:\n        raise Merged\n",
        "",
        MERGING + "test_nothing_is_done_any_more_with_what_was_merged[sqlite-record]",
    ),
)
