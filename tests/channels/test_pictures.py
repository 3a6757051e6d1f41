"""What is left of a photo: the picture."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from channels import pictures
from channels.pictures import Unfit

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **saved: Any) -> bytes:
    """A red picture."""
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **saved)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def revealing() -> bytes:
    """A photo that tells where, with what and by whom it was taken."""
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Fairphone of Amira", 6
    exif.get_ifd(GPS)[1] = "N"
    return photo(exif=exif, comment=b"Amira Haddad, Lindenplatz", icc_profile=b"profile of Amira")


def test_nothing_but_the_picture_is_left_of_a_photo() -> None:
    before = revealing()
    assert b"Amira" in before
    kept = pictures.kept(before)
    assert kept.kind == "image/jpeg"
    assert b"Amira" not in kept.content
    assert dict(opened(kept.content).getexif()) == {}
    assert not {"comment", "icc_profile", "exif"} & set(opened(kept.content).info)


def test_a_photo_held_upright_stays_upright() -> None:
    assert opened(pictures.kept(revealing()).content).size == (40, 60)


def test_a_png_loses_its_texts_and_keeps_its_transparency() -> None:
    told, out = PngInfo(), BytesIO()
    told.add_text("Author", "Amira Haddad")
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG", pnginfo=told, dpi=(300, 300))
    kept = opened(pictures.kept(out.getvalue()).content)
    assert (kept.format, kept.mode, kept.info) == ("PNG", "RGBA", {})


def test_a_large_photo_is_made_smaller_and_stays_readable() -> None:
    size = opened(pictures.kept(photo(size=(6000, 3000))).content).size
    assert size == (pictures.LONGEST_SIDE, pictures.LONGEST_SIDE // 2)


def test_a_pdf_stays_as_it_is() -> None:
    assert pictures.kept(b"%PDF-1.7 x").content == b"%PDF-1.7 x"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic"),
        (b"GIF89a", "kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"", "kind"),
        (b"\xff\xd8\xff\xe0 no photo", "broken"),
        (photo()[:300], "broken"),
        (b"\x89PNG\r\n\x1a\n no picture", "broken"),
        (b"%PDF-" + b"x" * pictures.LARGEST, "large"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_says_why(content: bytes, code: str) -> None:
    with pytest.raises(Unfit) as unfit:
        pictures.kept(content)
    assert unfit.value.code == code


def test_a_picture_that_would_fill_the_memory_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 2399)
    with pytest.raises(Unfit, match="large"):
        pictures.kept(photo(size=(60, 40)))
