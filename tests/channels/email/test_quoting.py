"""What is quoted is folded away in the languages of the office, and never lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email import quoting

QUOTED = {
    "Thunderbird": "Am 12.03.26 um 10:15 schrieb Stadt Musterstadt, Terminservice:\n> Guten Tag,\n> bis bald",
    "Gmail": "Am Do., 12. März 2026 um 10:15 Uhr schrieb Stadt Musterstadt, Terminservice <\n"
    "termin@example.org>:\n\n> Guten Tag",
    "Gmail, broken twice": "Am Do., 12. März 2026 um 10:15 Uhr schrieb Stadt\nMusterstadt, Terminservice <\n"
    "termin@example.org>:\n> Guten Tag",
    "Apple": "Am 12.03.2026 um 10:15 schrieb Stadt Musterstadt <termin@example.org>:\n\n\ufeff Guten Tag",
    "web.de": "Gesendet: Donnerstag, 12. März 2026\nVon: Stadt\nAn: mich\nBetreff: Ihr Termin\nGuten Tag",
    "Outlook": "Von: Stadt Musterstadt, Terminservice <termin@example.org>\nGesendet: Donnerstag, 12. März 2026\n"
    "An: mich@example.org\nBetreff: Ihr Termin\n\nGuten Tag,\nbis bald",
    "Outlook, bold": "*Von:* Stadt\n*Gesendet:* Donnerstag\n*An:* mich\n*Betreff:* Ihr Termin\n\nGuten Tag",
    "Outlook, old": "-----Ursprüngliche Nachricht-----\nVon: Stadt\nGesendet: heute\n\nGuten Tag",
    "Outlook, rule": "________________________________\nVon: Stadt\nGesendet: heute\n\nGuten Tag",
    "English": "On Thu, 12 Mar 2026 at 10:15, Stadt Musterstadt <termin@example.org> wrote:\n> Hello",
    "Outlook, English": "From: Stadt\nSent: Thursday\nTo: me\nSubject: Your appointment\n\nHello",
    "Turkish": "Stadt Musterstadt <termin@example.org>, 12 Mar 2026 Per, 10:15 tarihinde şunu yazdı:\n\n> Merhaba",
    "Outlook, Turkish": "Kimden: Stadt\nGönderildi: 12 Mart 2026\nKime: ben\nKonu: Randevu\n\nMerhaba",
    "Ukrainian": "чт, 12 бер. 2026 р. о 10:15 Stadt Musterstadt <termin@example.org> пише:\n\n> Добрий день",
    "Outlook, Ukrainian": "Від: Stadt\nНадіслано: 12 березня\nКому: мені\nТема: Термін\n\nДобрий день",
    "Arabic": "في الخميس، 12 مارس 2026 في 10:15 ص تمت كتابة ما يلي بواسطة Stadt كتب:\n\n> مرحبا",
    "Gmail, Arabic": "\u202bفي الخميس، ١٢ مارس ٢٠٢٦ في ١٠:١٥ كتب \u202aStadt\u202c "
    "<\u202atermin@example.org\u202c>:\u202c\n\n> مرحبا",
    "Outlook, Arabic": "من: Stadt\nتاريخ الإرسال: الخميس\nإلى: أنا\nالموضوع: موعد\n\nمرحبا",
    "Spanish": "El jue, 12 mar 2026 a las 10:15, Stadt (<termin@example.org>) escribió:\n\n> Hola",
    "marked only": "> Guten Tag\n> bis bald",
}  # fmt: skip
NEW = "Guten Morgen,\n\nvielen Dank, wir kommen.\nFamilie Yıldız"


@pytest.mark.parametrize("program", [name for name in QUOTED if name != "web.de"])
def test_quotation_is_folded_whatever_program_made_it(program: str) -> None:
    assert quoting.fold(f"{NEW}\n\n{QUOTED[program]}") == (NEW, QUOTED[program].strip())


@pytest.mark.parametrize(
    "text",
    [
        NEW,
        "Von: Mannheim nach Musterstadt sind wir gezogen.\nJetzt suchen wir eine Schule.",
        "Am Montag schrieb mein Sohn eine Arbeit.\nWas nun?",
        "> Wann passt es?\nDienstag.\n> Wo?\nBei Ihnen.",
        "Am 12.03.26 um 10:15 schrieb Stadt:\n> Wann passt es?\nDienstag passt gut.",
        "Die Schule wrote: nothing\nand we wait",
        "",
    ],
)
def test_words_that_only_look_like_a_quotation_stay(text: str) -> None:
    assert quoting.fold(text) == (text, "")


@given(
    st.lists(st.sampled_from([*QUOTED.values(), NEW, "> x", "Von: a", "An: b", "--", "", "Am", "schrieb:"]))
)
def test_no_word_is_lost_by_folding(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    new, quoted = quoting.fold(text)
    assert f"{new} {quoted}".split() == text.split()
