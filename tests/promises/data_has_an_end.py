"""5. Data has an end."""

from __future__ import annotations

from tests.promises.mutation import Mutation

CLAIMS = "tests/booking/test_claims.py::"
WALLS = "tests/test_architecture.py::"

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
        "await Hold.filter(expires_at__lte=now - timedelta(minutes=5)).delete()",
        "return 0",
        CLAIMS + "test_holds_nobody_used_go_with_their_cells[sqlite]",
    ),
)
