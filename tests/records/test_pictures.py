"""Of a logo nothing is kept but what is seen."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageOps, PngImagePlugin

from assessment.records.model import LARGEST_LOGO
from assessment.records.pictures import MOST_PIXELS, clean_picture
from tests.pictures import HIDDEN, picture, seen, with_position


def words() -> PngImagePlugin.PngInfo:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", HIDDEN.decode())
    said.add_itxt("XML:com.adobe.xmp", f"<x>{HIDDEN.decode()}</x>")
    return said


WITH_MORE = {
    "png": picture("PNG", exif=with_position(), pnginfo=words()),
    "jpeg": picture("JPEG", exif=with_position(), comment=HIDDEN, xmp=HIDDEN),
    "webp": picture("WEBP", exif=with_position(), xmp=HIDDEN),
    "png and a program": picture("PNG") + b"#!/bin/sh\n" + HIDDEN,
    "jpeg and a page": picture("JPEG") + b"<script>" + HIDDEN,
}


@pytest.mark.parametrize("data", WITH_MORE.values(), ids=WITH_MORE)
def test_14_2_8_where_and_by_whom_a_picture_was_taken_is_gone(data: bytes) -> None:
    assert HIDDEN in data
    logo = clean_picture(data)
    assert HIDDEN not in logo.data
    found = seen(logo.data)
    assert not found.getexif()
    assert not {"exif", "xmp", "comment", "icc_profile", "Author"} & found.info.keys()
    assert logo.media_type == Image.MIME[found.format or ""]
    assert found.size == (40, 20)
    red, green, blue = found.convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # three numbers
    assert red > 240
    assert max(green, blue) < 16


def test_a_picture_keeps_standing_upright() -> None:
    turned = picture("JPEG", (40, 20), exif=with_position(orientation=6))
    assert seen(clean_picture(turned).data).size == (20, 40)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_colour_is_taken(mode: str) -> None:
    assert clean_picture(picture("PNG", mode=mode, colour=0)).media_type == "image/png"
    clear = seen(clean_picture(picture("PNG", mode="RGBA", colour=(255, 0, 0, 0))).data)
    assert clear.getpixel((1, 1)) == (255, 0, 0, 0)


def test_colours_of_another_profile_are_changed_to_the_usual_ones() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (lab, b"broken " + HIDDEN):
        logo = clean_picture(picture("PNG", icc_profile=profile))
        assert seen(logo.data).getpixel((1, 1)) == (255, 0, 0)
        assert "icc_profile" not in seen(logo.data).info
    assert seen(clean_picture(picture("JPEG", mode="CMYK", colour=(0, 0, 0, 0))).data).mode == "RGB"


def test_a_jpeg_of_a_telephone_that_holds_several_pictures_is_a_jpeg() -> None:
    second = Image.new("RGB", (40, 20), "blue")
    found = clean_picture(picture("MPO", save_all=True, append_images=[second]))
    assert found.media_type == "image/jpeg"
    assert seen(found.data).format == "JPEG"


def test_of_a_moving_picture_the_first_moment_is_kept() -> None:
    body = BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(body, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    kept = seen(clean_picture(body.getvalue()).data)
    assert getattr(kept, "n_frames", 1) == 1


@pytest.mark.parametrize("size", [(MOST_PIXELS + 1, 1), (1, MOST_PIXELS + 1), (3_000, 3_000)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_5_2_6_too_many_pixels_are_refused_before_they_are_decoded(
    kind: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = picture(kind, size, mode="L", colour=0)
    assert len(data) <= LARGEST_LOGO
    monkeypatch.setattr(ImageOps, "exif_transpose", lambda _: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match=r"too many|no picture"):
        clean_picture(data)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x89PNG",
        picture("GIF"), picture("BMP"), picture("TIFF"), picture("PNG")[:60],
        picture("JPEG", (400, 400))[:700], picture("WEBP")[:30],
        picture("PNG").replace(b"IHDR", b"IDAT"), b"\xff\xd8\xff" + bytes(500),
        picture("PNG") + bytes(LARGEST_LOGO),
    ],
    ids=lambda data: repr(data[:14]),
)  # fmt: skip
def test_what_cannot_be_decoded_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"no picture|too many"):
        clean_picture(data)


def test_few_colours_that_need_many_bytes_become_a_smaller_kind_of_file() -> None:
    body = BytesIO()
    Image.effect_noise((500, 500), 10).quantize(8).save(body, "PNG")
    assert len(body.getvalue()) <= LARGEST_LOGO
    logo = clean_picture(body.getvalue())
    assert logo.media_type == "image/webp"
    assert len(logo.data) <= LARGEST_LOGO
    assert seen(logo.data).size == (500, 500)


def test_what_is_still_too_large_is_refused() -> None:
    body = BytesIO()
    Image.effect_noise((600, 600), 90).quantize(8).save(body, "PNG")
    assert len(body.getvalue()) <= LARGEST_LOGO
    with pytest.raises(ValueError, match="too many bytes"):
        clean_picture(body.getvalue())
