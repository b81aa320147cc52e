"""Small PDFs written by hand: lines of text set at a place, in a size and a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FONTS = {
    "F1": b"Helvetica",
    "F2": b"Helvetica-Bold",
    "F3": b"AdvPi1",  # Greek as Latin
    "F4": b"Helvetica-Oblique",
}


@dataclass(frozen=True)
class Set:
    """A line of text, its lower left corner in points from the page's.

    `upwards`: turned a quarter to the left; `hidden`: drawn without ink; `greek`: in the font of
    signs that says m for µ.
    """

    text: str
    x: float
    y: float
    size: float = 10
    bold: bool = False
    upwards: bool = False
    hidden: bool = False
    greek: bool = False
    italic: bool = False


def write_pdf(
    path: Path, pages: Sequence[Sequence[Set]], labels: str = "", turned: int = 0, more: str = ""
) -> Path:
    """A PDF of these pages; `labels` is the content of a /PageLabels number tree.

    `turned`: by how many degrees pages are shown clockwise; `more` stands in its catalogue.
    """
    objects = [b"", b""]
    kids = []
    fonts = b" ".join(
        b"/%s << /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>"
        % (name.encode(), base)
        for name, base in FONTS.items()
    )
    for lines in pages:
        stream = b"\n".join(_shown(line) for line in lines)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R "
            b"/Rotate %d /Resources << /Font << %s >> >> >>" % (len(objects), turned, fonts)
        )
        kids.append(b"%d 0 R" % len(objects))
    names = f" /PageLabels << /Nums [{labels}] >>" if labels else ""
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R%s >>" % (names + more).encode()
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    data = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    path.write_bytes(data)
    return path


def _shown(line: Set) -> bytes:
    text = line.text.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        text = text.replace(sign, b"\\" + sign)
    font = "F3" if line.greek else "F2" if line.bold else "F4" if line.italic else "F1"
    way = "0 1 -1 0" if line.upwards else "1 0 0 1"
    ink = 3 if line.hidden else 0
    place = f"BT /{font} {line.size} Tf {ink} Tr {way} {line.x:.1f} {line.y:.1f} Tm (".encode()
    return place + text + b") Tj ET"
