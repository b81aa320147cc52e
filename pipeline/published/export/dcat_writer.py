"""The database in a catalogue of data: DCAT 3 in Turtle (W3C Recommendation, 2024)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.published.export.dataset_facts import dataset
from pipeline.published.selection import Selection

LANGUAGE = "http://id.loc.gov/vocabulary/iso639-1/"
MEDIA = "https://www.iana.org/assignments/media-types/"


def write(selection: Selection) -> Iterator[bytes]:
    """One dataset with its distributions, each at its permanent address."""
    from rdflib import BNode, Graph, Literal, URIRef
    from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, XSD

    facts = dataset(selection)
    graph = Graph()
    for prefix, space in (("dcat", DCAT), ("dcterms", DCTERMS), ("foaf", FOAF)):
        graph.bind(prefix, space)
    own = URIRef(facts.id)
    licence = URIRef(facts.licence)
    graph.add((own, RDF.type, DCAT.Dataset))
    graph.add((own, DCTERMS.title, Literal(facts.title, lang="en")))
    graph.add((own, DCTERMS.license, licence))
    graph.add((own, URIRef(f"{DCAT}version"), Literal(facts.version)))
    for language, text in facts.description.items():
        graph.add((own, DCTERMS.language, URIRef(f"{LANGUAGE}{language}")))
        if text:
            graph.add((own, DCTERMS.description, Literal(text, lang=language)))
    for language, words in facts.keywords.items():
        for word in words:
            graph.add((own, DCAT.keyword, Literal(word, lang=language)))
    for term, day in ((DCTERMS.issued, facts.issued), (DCTERMS.modified, facts.modified)):
        if day:
            graph.add((own, term, Literal(day, datatype=XSD.date)))
    for creator in facts.creators:
        agent = BNode()
        names = (creator.get("literal"), creator.get("given"), creator.get("family"))
        graph.add((own, DCTERMS.creator, agent))
        graph.add((agent, RDF.type, FOAF.Agent))
        graph.add((agent, FOAF.name, Literal(" ".join(filter(None, names)))))
    if facts.doi:
        graph.add((own, OWL.sameAs, URIRef(f"https://doi.org/{facts.doi}")))
    if facts.address:
        graph.add((own, DCAT.landingPage, URIRef(f"{facts.address}/about")))
    for item in facts.distributions:
        one = URIRef(f"{facts.address}/about#{item.name}")
        place = URIRef(item.address)
        graph.add((own, DCAT.distribution, one))
        graph.add((one, RDF.type, DCAT.Distribution))
        graph.add((one, DCTERMS.title, Literal(item.name)))
        graph.add((one, DCTERMS.license, licence))
        graph.add((one, DCAT.accessURL, place))
        graph.add((one, DCAT.downloadURL, place))
        graph.add((one, DCAT.mediaType, URIRef(f"{MEDIA}{item.media_type}")))
        if item.conforms_to:
            graph.add((one, DCTERMS.conformsTo, URIRef(item.conforms_to)))
    yield graph.serialize(format="turtle", encoding="utf-8")
