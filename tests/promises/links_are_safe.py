"""8. Links are safe."""

from __future__ import annotations

from tests.promises.mutation import Mutation

BOOKING = "tests/booking/test_appointments.py::"
PUBLIC = "tests/channels/web/test_public.py::"
ROUTES = "tests/channels/web/test_routes.py::"
WEBHOOKS = "tests/channels/sms/test_webhooks.py::"
MAIL_INTAKE = "tests/channels/email/test_intake.py::"
RESPONSES = "tests/channels/email/test_responses.py::"

MUTATIONS = (
    Mutation(
        "office/links.py",
        "every link is believed",
        "if not hmac.compare_digest(raw[:MAC_BYTES], _mac(kind, subject, generation)):",
        "if False:",
        PUBLIC + "test_forged_links_are_not_found[sqlite]",
    ),
    Mutation(
        "office/links.py",
        "a link of one kind is a link of another",
        'message = f"{kind}:{subject}:{generation}".encode()',
        'message = f"{subject}:{generation}".encode()',
        "tests/office/test_links.py::test_link_opens_nothing_else",
    ),
    Mutation(
        "office/links.py",
        "a raised generation ends nothing",
        'message = f"{kind}:{subject}:{generation}".encode()',
        'message = f"{kind}:{subject}".encode()',
        BOOKING + "test_link_opens_one_appointment_until_its_generation_rises[sqlite]",
    ),
    Mutation(
        "office/links.py",
        "one key for every purpose",
        "hmac.new(key, purpose.encode(), sha256).digest()",
        'hmac.new(key, b"", sha256).digest()',
        "tests/office/test_links.py::test_each_purpose_has_a_key_of_its_own",
    ),
    Mutation(
        "channels/web/public/appointment.py",
        "looking at the question cancels",
        '    return pages.render(request, "public/cancel.html", **await _seen(request, appointment))',
        "    await appointments.cancel(appointment.id, actor=journal.PERSON, now=clock.now())\n"
        '    return pages.render(request, "public/cancel.html", **await _seen(request, appointment))',
        PUBLIC + "test_looking_changes_nothing[sqlite]",
    ),
    Mutation(
        "channels/web/csrf.py",
        "forms of other pages are answered",
        "if not cookie or not hmac.compare_digest(given, _token(cookie).encode()):",
        "if False:",
        PUBLIC + "test_form_from_elsewhere_is_refused[sqlite]",
    ),
    Mutation(
        "channels/web/log_in.py",
        "every role sees every page",
        "            if who.role not in roles:\n",
        "            if False:\n",
        ROUTES + "test_each_role_sees_its_pages_and_no_other",
    ),
    Mutation(
        "channels/web/desk/figures.py",
        "a page of the desk is open to everybody",
        "@log_in.for_roles(*log_in.SEES_FIGURES)\nasync def csv",
        "async def csv",
        ROUTES + "test_every_route_names_its_roles_asks_for_a_key_or_is_declared_public",
    ),
    Mutation(
        "channels/web/log_in.py",
        "an old log-in survives a new password",
        "return found if found and found.log_in_generation == generation else None",
        "return found",
        "tests/channels/web/test_log_in.py::test_a_new_password_ends_every_log_in[sqlite]",
    ),
    Mutation(
        "channels/web/desk/page.py",
        "a forged form leads to another host",
        "    return path if harmless and",
        '    return path if path.startswith("/") and',
        "tests/channels/web/test_log_in.py::test_nobody_is_sent_elsewhere",
    ),
    Mutation(
        "channels/web/site.py",
        "tokens travel in the referrer and stay in caches",
        "    return SecurityHeaders(",
        "    return static\n    SecurityHeaders(",
        PUBLIC + "test_every_page_is_private_and_self_contained[sqlite]",
    ),
    Mutation(
        "channels/web/api/keys.py",
        "the API answers without a key",
        "        if not name:\n",
        "        if False:\n",
        "tests/channels/web/test_api.py::test_without_a_key_nothing_is_answered",
    ),
    Mutation(
        "channels/sms/signature.py",
        "whatever is posted counts as signed",
        "    return hmac.compare_digest(of(target, fields), given)\n",
        "    return True\n",
        WEBHOOKS + "test_signature_of_another_address_or_another_form_is_forged[sqlite]",
    ),
    Mutation(
        "channels/web/webhooks.py",
        "a posted form may be of any size",
        "        if len(body) > posted.MOST_BYTES:\n",
        "        if False:\n",
        WEBHOOKS + "test_too_large_is_too_large_whether_announced_or_not[sqlite-17000]",
    ),
    Mutation(
        "channels/email/belonging.py",
        "who knows a Message-ID of ours writes in another's thread",
        'Q(*theirs, join_type="OR"), message_id__in=letter.references)',
        "message_id__in=letter.references)",
        MAIL_INTAKE + "test_answer_to_our_mail_is_proven_by_the_address_it_went_to[sqlite]",
    ),
    Mutation(
        "channels/email/responses.py",
        "anybody answers for who was invited",
        " or response.attendee.casefold() != sender.casefold():",
        ":",
        RESPONSES + "test_only_who_was_invited_answers[sqlite-for another]",
    ),
    Mutation(
        "inquiries/referrals.py",
        "a partner reads on after the link has ended",
        "        and now < referral.ends_at\n",
        "",
        "tests/channels/web/test_handover.py::test_after_its_end_the_page_tells_nothing[sqlite]",
    ),
    Mutation(
        "inquiries/referrals.py",
        "a partner reads on what was withdrawn",
        "        found.generation += 1\n",
        "",
        "tests/channels/web/test_handover.py::test_withdrawn_there_is_no_page[sqlite]",
    ),
    Mutation(
        "channels/markdown.py",
        "what staff type becomes HTML of everybody's page",
        '{"html": False, "breaks": True}',
        '{"html": True, "breaks": True}',
        "tests/channels/test_markdown.py::test_it_says_what_was_meant_and_does_nothing",
    ),
)
