"""4. Nobody learns what it is about."""

from __future__ import annotations

from tests.promises.mutation import Mutation

OUTBOX = "tests/channels/test_outbox.py::"
MESSAGE = "tests/channels/email/test_message.py::"
PUBLIC = "tests/channels/web/test_public.py::"
DESK = "tests/channels/web/test_desk.py::"

MUTATIONS = (
    Mutation(
        "channels/email/message.py",
        "the subject says what it is about",
        "    _write(mail, rendered)\n    if appointment",
        "    _write(mail, rendered)\n"
        '    mail.replace_header("Subject", f"{rendered.subject} {(await appointment.service).titles[language]}")\n'
        "    if appointment",
        MESSAGE + "test_nobody_learns_what_it_is_about",
    ),
    Mutation(
        "channels/email/templates/confirm.txt",
        "the subject names the person",
        "{% trans %}Your appointment on {{ day }}, {{ starts }}{% endtrans %}\n",
        "{% trans %}Your appointment on {{ day }}, {{ starts }}{% endtrans %} {{ name }}\n",
        "tests/channels/email/test_texts.py::test_subjects_carry_no_name_and_no_place",
    ),
    Mutation(
        "channels/email/message.py",
        "a full text goes where others read",
        "    if message.address.read_by_others and not discreet:\n        raise ReadByOthers\n",
        "",
        MESSAGE + "test_an_address_others_read_never_gets_a_full_text[sqlite]",
    ),
    Mutation(
        "channels/outbox.py",
        "the barest text is not chosen where others read",
        "BAREST.get(text) if address.read_by_others else text",
        "text",
        OUTBOX + "test_discreet_person_gets_only_the_barest_text[sqlite]",
    ),
    Mutation(
        "channels/texts.py",
        "what was typed becomes HTML of our mail",
        "html = escape(line)",
        "html = Markup(line)",
        "tests/channels/email/test_texts.py::test_what_was_typed_is_escaped_and_never_linked",
    ),
    Mutation(
        "channels/web/desk/rows.py",
        "reception sees what it is about",
        'services.title(appointment.service, language) if role in log_in.SEES_TOPICS else ""',
        "services.title(appointment.service, language)",
        DESK + "test_reception_gets_no_byte_of_what_it_is_about[sqlite]",
    ),
    Mutation(
        "channels/web/public/appointment.py",
        "the page says what it is about where others read along",
        'title="" if seen["discreet"] else services',
        "title=services",
        PUBLIC + "test_where_others_read_the_page_tells_time_place_and_code_only[sqlite]",
    ),
    Mutation(
        "channels/email/entry.py",
        "calendar entries say how many children",
        "code=appointment.code,",
        'code=f"{appointment.code}, {appointment.children} Kinder",',
        "tests/channels/web/test_feed.py::test_it_says_when_where_and_the_code_only[sqlite]",
    ),
    Mutation(
        "channels/web/metrics.py",
        "addresses with their tokens become labels",
        'return str(getattr(scope.get("route"), "path", "none"))',
        'return str(scope["path"])',
        "tests/channels/web/test_operations.py::test_metrics_count_by_template_and_name_nobody[sqlite]",
    ),
    Mutation(
        "figures/ledger.py",
        "words of a person get into the figures",
        "if not _CODE.fullmatch(getattr(self, name)):",
        "if not getattr(self, name):",
        "tests/figures/test_ledger.py::test_words_of_a_person_do_not_get_in",
    ),
    Mutation(
        "booking/appointments.py",
        "the journal names the person",
        '    more = {"revision": appointment.revision,',
        '    more = {"who": (await appointment.person).name, "revision": appointment.revision,',
        "tests/test_discretion.py::test_nobody_learns_who_came_and_what_for[sqlite]",
    ),
)
