"""5. Data has an end."""

from __future__ import annotations

from tests.promises.mutation import Mutation

CLAIMS = "tests/booking/test_claims.py::"
WALLS = "tests/test_architecture.py::"
ERASURE = "tests/workers/test_erasure.py::"
RETENTION = "tests/workers/test_retention.py::"
EXPORT = "tests/channels/test_export.py::"

MUTATIONS = (
    Mutation(
        "booking/personal.py",
        "a personal column is declared by nobody",
        '    "Appointment.booker": LIMIT,\n',
        "",
        WALLS + "test_every_column_is_declared_personal_or_plain[booking]",
    ),
    Mutation(
        "inquiries/models.py",
        "somebody adds a column for notes",
        '    language = fields.CharField(max_length=8, default="de")\n    created_at',
        '    language = fields.CharField(max_length=8, default="de")\n'
        '    notes = fields.TextField(default="")\n    created_at',
        WALLS + "test_every_column_is_declared_personal_or_plain[inquiries]",
    ),
    Mutation(
        "figures/models.py",
        "a line of the figures gets a time stamp",
        "    hour_band = fields.CharField(max_length=8, default=catalogues.UNKNOWN)\n",
        "    hour_band = fields.CharField(max_length=8, default=catalogues.UNKNOWN)\n"
        "    written_at = fields.DatetimeField(auto_now=True)\n",
        "tests/figures/test_personal.py",
    ),
    Mutation(
        "figures/ledger.py",
        "a sealed day still knows whose lines it has",
        "await Line.filter(day__in=due).update(entry=None, reaction=None)",
        "await Line.filter(day__in=due).update(reaction=None)",
        "tests/figures/test_ledger.py::test_a_sealed_day_forgets_where_its_lines_come_from[sqlite]",
    ),
    Mutation(
        "figures/ledger.py",
        "a correction of a sealed day knows its entry",
        "            line.entry = line.reaction = None\n",
        "            pass\n",
        "tests/figures/test_ledger.py::test_a_sealed_day_can_be_corrected_without_a_trace[sqlite]",
    ),
    Mutation(
        "booking/holds.py",
        "holds nobody used are kept",
        "await Hold.filter(expires_at__lte=now - timedelta(minutes=5), waiting_id=None).delete()",
        "return 0",
        CLAIMS + "test_holds_nobody_used_go_with_their_cells[sqlite]",
    ),
    Mutation(
        "channels/belongings.py",
        "what came in as it came is forgotten to be erased",
        '    "messages",\n    "incoming",\n',
        '    "messages",\n',
        EXPORT + "test_every_personal_column_about_people_is_reached[sqlite]",
    ),
    Mutation(
        "channels/traces.py",
        "rows go, their bytes stay in the file",
        '        await connection.execute_script("VACUUM")\n'
        '        checkpoint = await connection.execute_query_dict("PRAGMA wal_checkpoint(TRUNCATE)")\n',
        '        checkpoint = [{"busy": 0}]\n',
        ERASURE + "test_no_byte_of_somebody_erased_is_left[sqlite]",
    ),
    Mutation(
        "figures/ledger.py",
        "the lines of somebody erased raise a false alarm",
        "update(entry=None, reaction=RELEASED)",
        "update(entry=None)",
        ERASURE + "test_figures_are_the_same_before_and_after[sqlite]",
    ),
    Mutation(
        "workers/erasure.py",
        "what was not counted yet is never counted",
        "        await ledger.state_many(stated)\n",
        "",
        ERASURE + "test_what_was_not_counted_yet_is_counted_before_it_goes[sqlite]",
    ),
    Mutation(
        "workers/erasure.py",
        "messages follow somebody who is gone",
        "    await _cancel(held.appointments, now)\n    await journal.forget_due(held.subjects)\n",
        "    await _cancel(held.appointments, now)\n",
        ERASURE + "test_nothing_that_belongs_to_them_is_left_in_any_table[sqlite]",
    ),
    Mutation(
        "channels/belongings.py",
        "who shares an address loses what came from it",
        "    return [value for value in values if value not in shared]\n",
        "    return values\n",
        EXPORT + "test_two_who_share_an_address_share_nothing_else[sqlite]",
    ),
    Mutation(
        "workers/retention.py",
        "addresses go while a question is open",
        '        .exclude(id__in=Subquery(unfinished.filter(id__in=Subquery(written)).values("person_id")))\n',
        "",
        RETENTION + "test_contact_data_stays_while_a_question_is_open[sqlite]",
    ),
    Mutation(
        "workers/retention.py",
        "what was deleted is proven by nothing",
        '        await audit.note(journal.SYSTEM, "retention", f"{rule.name}:{count}", now)\n',
        "",
        RETENTION + "test_deletion_is_proven_and_names_nobody[sqlite]",
    ),
    Mutation(
        "channels/export.py",
        "somebody's words end the script they stand in",
        '    for char in "<>&\\u2028\\u2029":\n',
        '    for char in "":\n',
        EXPORT + "test_words_cannot_leave_their_place[sqlite]",
    ),
    Mutation(
        "workers/retention.py",
        "what a partner was told stays after the link has ended",
        'await Referral.filter(id__in=list(keys)).update(contact="", note="")',
        "pass",
        RETENTION + "test_what_a_partner_was_told_goes_when_the_link_ends[sqlite]",
    ),
)
