"""4. Nobody learns what it is about."""

from __future__ import annotations

from tests.promises.mutation import Mutation

OUTBOX = "tests/channels/test_outbox.py::"
MESSAGE = "tests/channels/email/test_message.py::"
PUBLIC = "tests/channels/web/test_public.py::"
DESK = "tests/channels/web/test_desk.py::"
SMS_INTAKE = "tests/channels/sms/test_intake.py::"
QUESTIONS = "tests/channels/test_outbox_questions.py::"
DISCREET = "tests/channels/web/test_discreet_pages.py::"
MERGING = "tests/inquiries/test_merging.py::"

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
        "    if not discreet and await people.discreet(appointment.person.id):\n        raise ReadByOthers\n",
        "",
        MESSAGE + "test_an_address_others_read_never_gets_a_full_text[sqlite]",
    ),
    Mutation(
        "channels/outbox.py",
        "the barest text is not chosen where others read",
        "BAREST.get(text) if discreet else text",
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
        'services.title(appointment.service, language) if appointment.inquiry_id in opened else ""',
        "services.title(appointment.service, language)",
        DESK + "test_reception_gets_no_byte_of_what_it_is_about[sqlite]",
    ),
    Mutation(
        "channels/web/public/appointment.py",
        "the page says what it is about where others read along",
        'title="" if seen["locked"] else services',
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
    Mutation(
        "channels/sms/numbers.py",
        "whoever holds the phone is told of people who hide there",
        "    return [person for person in found if person.id not in hidden]\n",
        "    return found\n",
        SMS_INTAKE + "test_asked_when_a_discreet_appointment_is_as_if_there_were_none[sqlite]",
    ),
    Mutation(
        "booking/limits.py",
        '"you have one already" tells the mother of her son',
        "alone=who.name.casefold() if who.read_by_others else None",
        "alone=None",
        SMS_INTAKE + "test_limit_never_tells_the_mother_that_her_son_has_booked[sqlite]",
    ),
    Mutation(
        "channels/sms/message.py",
        "a full SMS goes where others read",
        " and await _read_by_others(message, address):",
        " and False:",
        SMS_INTAKE + "test_where_others_read_only_the_barest_text_is_ever_composed[sqlite-confirm]",
    ),
    Mutation(
        "channels/sms/intake.py",
        "NEIN is answered, so whoever tries it learns something",
        "silent=command is Command.NO",
        "silent=False",
        SMS_INTAKE + "test_no_to_several_is_read_by_people_and_not_answered[sqlite]",
    ),
    Mutation(
        "channels/sms/intake.py",
        "ABSAGEN finds people who hide behind the number",
        "_cancel_the_one(await numbers.open_about_it(stored.sender), now)",
        "_cancel_the_one(await numbers.people_of(stored.sender), now)",
        SMS_INTAKE + "test_who_tries_the_words_learns_nothing_of_a_discreet_appointment[sqlite]",
    ),
    Mutation(
        "channels/outbox.py",
        "the receipt of a question goes where others read",
        "return [] if await people.discreet(person_id) else (await _reachable(person_id, only=by))[:1]",
        "return (await _reachable(person_id, only=by))[:1]",
        QUESTIONS + "test_one_address_that_others_read_silences_all[sqlite]",
    ),
    Mutation(
        "channels/outbox.py",
        "an answer is owed where others read",
        "if writing.channel not in (EMAIL, SMS) or await people.discreet(person_id):",
        "if writing.channel not in (EMAIL, SMS):",
        QUESTIONS + "test_one_address_that_others_read_silences_all[sqlite]",
    ),
    Mutation(
        "channels/email/message.py",
        "a mail about a question goes where others read",
        "Unreachable\n    if await people.discreet(message.address.person_id):\n        raise ReadByOthers\n",
        "Unreachable\n",
        MESSAGE + "test_nothing_about_a_question_goes_where_others_read[sqlite]",
    ),
    Mutation(
        "channels/web/public/second_secret.py",
        "a page once opened stays open",
        "    return proven and int(until) > now.timestamp()\n",
        "    return proven\n",
        DISCREET + "test_right_digits_open_for_a_quarter_of_an_hour[sqlite-appointment]",
    ),
    Mutation(
        "channels/web/public/second_secret.py",
        "one page's digits open every page",
        'f"{here}:{person_id}:{until}"',
        'f"{person_id}:{until}"',
        DISCREET + "test_cookie_of_one_page_opens_no_other_of_the_same_person[sqlite]",
    ),
    Mutation(
        "channels/web/public/second_secret.py",
        "the four digits may be guessed for ever",
        "        await rate.keep_tries(str(person_id))\n",
        "        pass\n",
        DISCREET + "test_five_tries_an_hour_over_all_links_whatever_the_settings_say[sqlite-appointment]",
    ),
    Mutation(
        "channels/web/public/appointment.py",
        "a locked page says whose it is",
        'name="" if seen["locked"] else appointment.person.name',
        "name=appointment.person.name",
        DISCREET + "test_locked_appointment_tells_time_and_place_only[sqlite--de]",
    ),
    Mutation(
        "channels/web/public/question.py",
        "the page shows what we note among ourselves",
        "return one.kind != WritingKind.NOTE and one.participant_id is None",
        "return one.participant_id is None",
        "tests/channels/web/test_question.py::test_thread_shows_who_wrote_and_no_note[sqlite]",
    ),
    Mutation(
        "channels/web/desk/inbox.py",
        "reception reads the first words of questions",
        "await beginnings(list(opened)) if opened else {}",
        "await beginnings([one.id for one in found])",
        "tests/channels/web/test_desk_inbox.py::test_reception_gets_no_word_of_a_question[sqlite-/desk/inbox]",
    ),
    Mutation(
        "channels/web/desk/cards.py",
        "cards name the person to who sees no people",
        'name=await _name(message) if known else ""',
        "name=await _name(message)",
        DESK + "test_a_message_about_a_question_that_failed_is_a_card[sqlite]",
    ),
    Mutation(
        "inquiries/people.py",
        "pages open once addresses are forgotten",
        "return {*await marked, *await shared} if",
        "return {*await shared} if",
        "tests/workers/test_retention.py::test_pages_stay_locked_when_the_addresses_others_read_are_forgotten[sqlite]",
    ),
    Mutation(
        "inquiries/people.py",
        "who gave no address is not believed that others read along",
        "        discreet=introduction.read_by_others,\n",
        "",
        DISCREET + "test_who_gave_no_address_is_believed_that_others_read_along[sqlite]",
    ),
    Mutation(
        "channels/merging.py",
        "two people become one without anybody saying so",
        "        if not same_person:\n            raise OtherPerson\n",
        "",
        MERGING + "test_two_people_stay_two_unless_somebody_says_they_are_one[sqlite]",
    ),
    Mutation(
        "inquiries/people.py",
        "an address others read forgets it when two records become one",
        "        kept.read_by_others = kept.read_by_others or one.read_by_others\n",
        "",
        MERGING + "test_an_address_others_read_stays_one_whoever_it_belongs_to[sqlite]",
    ),
    Mutation(
        "inquiries/people.py",
        "who is discreet is no longer so when two records become one",
        "    staying.discreet = staying.discreet or going.discreet\n",
        "",
        MERGING + "test_discreet_wins_also_without_an_address[sqlite]",
    ),
    Mutation(
        "channels/web/desk/filters.py",
        "reception finds topics out by filtering",
        '        if role not in log_in.SEES_TOPICS:\n            said["topic"] = ""\n',
        "",
        "tests/channels/web/test_desk_inbox.py::"
        "test_a_topic_includes_those_below_it_and_reception_cannot_ask_for_one[sqlite]",
    ),
    Mutation(
        "inquiries/referrals.py",
        "a partner learns of somebody who did not agree",
        '    if handover and not handover.consent:\n        raise Invalid(consent="consent")\n',
        "",
        "tests/inquiries/test_referrals.py::test_nobody_is_handed_over_without_consent_or_to_who_has_no_address[sqlite]",
    ),
    Mutation(
        "channels/email/templates/handover.txt",
        "the mail to a partner names whom it is about",
        "{% trans %}We have something to pass on to you. You find it here:{% endtrans %}",
        "Mariam {% trans %}We have something to pass on to you. You find it here:{% endtrans %}",
        "tests/channels/web/test_desk_referring.py::test_a_handover_owes_the_partner_one_mail_that_names_nobody[sqlite]",
    ),
    Mutation(
        "inquiries/gaps.py",
        "an offer that does not exist is counted twice",
        "    if await Gap.exists(key=hashed):\n        return\n",
        '    hashed = links.fingerprint("gap", f"{key}{await Gap.all().count()}")\n',
        "tests/inquiries/test_referrals.py::test_a_gap_is_noted_once_and_outlives_the_person[sqlite]",
    ),
)
