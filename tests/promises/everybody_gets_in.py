"""7. Everybody gets in."""

from __future__ import annotations

from tests.promises.mutation import Mutation

PUBLIC = "tests/channels/web/test_public.py::"

MUTATIONS = (
    Mutation(
        "channels/web/templates/base.html",
        "pages do not say their language",
        '<html lang="{{ language }}" dir="{{ direction }}">',
        '<html dir="{{ direction }}">',
        "tests/browser/test_public.py::test_no_page_has_a_barrier[de-light]",
    ),
    Mutation(
        "channels/web/templates/macros.html",
        "fields lose their labels",
        '  <label class="kern-label" for="{{ name }}">{{ label }}{% if not required %}',
        '  <label class="kern-label">{{ label }}{% if not required %}',
        "tests/browser/test_public.py::test_no_step_of_a_booking_has_a_barrier[de]",
    ),
    Mutation(
        "channels/web/templates/macros.html",
        "times can be chosen with a script only",
        '<button class="sp-slot" name="starts_at"',
        '<button class="sp-slot" type="button" name="starts_at"',
        "tests/browser/test_public.py::test_book_move_cancel_without_a_script[de]",
    ),
    Mutation(
        "channels/languages.py",
        "Arabic is set from left to right",
        'return "rtl" if language == "ar" else "ltr"',
        'return "ltr"',
        PUBLIC + "test_pages_name_their_language_and_direction",
    ),
    Mutation(
        "channels/web/templates/base.html",
        "a style sheet comes from another host",
        '<link rel="icon"',
        '<link rel="stylesheet" href="https://fonts.example.org/sans.css">\n<link rel="icon"',
        PUBLIC + "test_every_page_is_private_and_self_contained[sqlite]",
    ),
    Mutation(
        "channels/web/templates/macros.html",
        "what was typed is gone when something is wrong",
        """type="{{ type }}" value="{{ typed.get(name, '') }}\"""",
        'type="{{ type }}" value=""',
        PUBLIC + "test_what_was_typed_stays_when_something_is_wrong[sqlite]",
    ),
    Mutation(
        "booking/holds.py",
        "who needs more time gets none",
        "        hold.extended += 1\n        hold.expires_at = now + LASTS\n",
        "        hold.extended += 1\n",
        PUBLIC + "test_more_time_keeps_what_was_typed[sqlite]",
    ),
    Mutation(
        "channels/languages.py",
        "the browser's language is not heard",
        "return spoken[0] if spoken else DEFAULT",
        "return DEFAULT",
        PUBLIC + "test_root_answers_in_the_language_of_the_browser[sqlite]",
    ),
)
