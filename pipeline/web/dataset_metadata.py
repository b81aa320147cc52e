"""What search engines read of the database: a schema.org Dataset, as JSON-LD."""

from __future__ import annotations

import datetime
import sqlite3

from markupsafe import Markup

from pipeline.ground.texts import LANGUAGES
from pipeline.published.choice import Choice
from pipeline.published.evidence_index import Index
from pipeline.published.export.dataset_facts import Dataset, dataset
from pipeline.published.selection import Selection
from pipeline.web.study_metadata import as_script, schema_person


def schema_org_dataset(
    connection: sqlite3.Connection, index: Index, language: str, address: str
) -> Markup:
    """The dataset in the language of the page, with all that can be downloaded whole.

    Put together once a day, since a home page is asked for often.
    """
    name, now = f"dataset/{language}", (address, datetime.date.today())
    if name not in index.kept or index.kept[name][0] != now:
        chosen = Selection(connection, index, Choice(), language, address=address)
        index.kept[name] = now, _said(dataset(chosen), language)
    found: Markup = index.kept[name][1]
    return found


def _said(facts: Dataset, own: str) -> Markup:
    data = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": facts.id,
        "url": f"{facts.address}/about",
        "name": facts.title,
        "description": facts.description[own],
        "keywords": facts.keywords[own],
        "creator": [schema_person(person) for person in facts.creators],
        "license": facts.licence,
        "version": facts.version,
        "datePublished": facts.issued,
        "dateModified": facts.modified,
        "identifier": f"https://doi.org/{facts.doi}" if facts.doi else "",
        "isAccessibleForFree": True,
        "inLanguage": LANGUAGES,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": item.name,
                "contentUrl": item.address,
                "encodingFormat": item.media_type,
            }
            for item in facts.distributions
        ],
    }
    return as_script({name: value for name, value in data.items() if value})
