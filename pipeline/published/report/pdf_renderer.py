"""A document as PDF, tagged for readers of screens (PDF/UA-1, ISO 14289-1), from its HTML.

WeasyPrint is an extra, since it needs libraries of the system: it is imported only here, and
nothing else misses it.
"""

from __future__ import annotations

from pipeline.ground.problems import Mendable
from pipeline.published.report.document_parts import ReportDocument
from pipeline.published.report.html_renderer import write_html

HELP = "https://doc.courtbouillon.org/weasyprint/stable/first_steps.html"


class NoPdf(Mendable):
    """What PDF is made with is not installed, or not whole."""


def write_pdf(document: ReportDocument) -> bytes:
    """The file; nothing is loaded for it. Raises NoPdf."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except ImportError:
        raise NoPdf(
            [
                "PDF needs WeasyPrint, which is not installed. Install it with "
                f"`.venv/bin/pip install -e '.[pdf]'`; {HELP} says what else it needs."
            ]
        ) from None
    except OSError as error:
        raise NoPdf(
            [
                f"PDF needs libraries of the system that are not there: {error}. On Debian and "
                "Ubuntu: `sudo apt install libpango-1.0-0 libpangoft2-1.0-0 "
                f"libharfbuzz-subset0`; elsewhere see {HELP}."
            ]
        ) from None
    text = write_html(document, described=True).decode()
    page = HTML(string=text, url_fetcher=URLFetcher(allowed_protocols=()))
    data: bytes = page.write_pdf(pdf_variant="pdf/ua-1")
    return data
