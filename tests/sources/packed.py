"""Files in zip packages, written by hand: spreadsheets and Word files as small as they can be."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def packed(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """A package of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    path.write_bytes(out.getvalue())
    return path


def workbook(path: Path, sheet: str, **more: str | bytes) -> Path:
    """A workbook with one sheet, of which this is what stands inside <worksheet>."""
    parts: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="T" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}">{sheet}</worksheet>',
    }
    return packed(path, parts | more)


def word(path: Path, body: str) -> Path:
    """A Word file with this body."""
    return packed(
        path, {"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'}
    )


def open_document(path: Path, tables: str) -> Path:
    """A spreadsheet of LibreOffice with these tables."""
    spaces = " ".join(f'xmlns:{name}="{ODF}:{name}:1.0"' for name in ("office", "table", "text", "style"))
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return packed(path, {"content.xml": content})


def old_workbook(path: Path, cells: Sequence[Sequence[str | float]], formats: Sequence[str]) -> Path:
    """A sheet of Excel 4; the numbers of each row but the first are in one of the formats."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    out = [record(0x0409, struct.pack("<HHH", 0, 0x10, 0))]
    for code in ("General", *formats):
        out.append(record(0x041E, struct.pack("<HB", 0, len(code)) + code.encode()))
    out += [record(0x0231, struct.pack("<HHHB", 200, 0, 0x7FFF, 5) + b"Arial")] * 4
    out += [record(0x0443, struct.pack("<BBHHHHH", 0, n, 0, 0, 0, 0, 0)) for n in range(len(formats) + 1)]
    for r, row in enumerate(cells):
        for c, cell in enumerate(row):
            if isinstance(cell, str):
                out.append(record(0x0204, struct.pack("<HHHH", r, c, 0, len(cell)) + cell.encode()))
            else:
                out.append(record(0x0203, struct.pack("<HHHd", r, c, r, cell)))
    path.write_bytes(b"".join([*out, record(0x000A, b"")]))
    return path


Placed = tuple[float, float, str]
"""A text and where it begins, in points from the left and from the bottom."""


def pdf(path: Path, pages: Sequence[Sequence[Placed]], *, turned: bool = False, font: bool = True) -> Path:
    """A PDF with these texts; turned, they run up the page."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    kids = []
    for page in pages:
        texts = []
        for x, y, text in page:
            matrix = f"0 1 -1 0 {600 - y} {x}" if turned else f"1 0 0 1 {x} {y}"
            escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            texts.append(f"BT /F1 9 Tf {matrix} Tm ({escaped}) Tj ET" if font else "0 0 10 10 re f")
        content = "\n".join(texts)
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 600] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    path.write_bytes(out + f"{tail}startxref\n{len(out)}\n%%EOF\n".encode())
    return path
