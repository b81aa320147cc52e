"""The codebook as SKOS in Turtle (W3C Recommendation, 2009)."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.published.citation.database_citation import LICENCE
from pipeline.published.selection import Selection
from pipeline.published.terms import LANGUAGES, DimensionTerm, Words

URN = "urn:orchestration-evidence"
VERSION = "SELECT name, value FROM meta WHERE name LIKE 'scheme_%'"


def code_uri(selection: Selection, code: str) -> str:
    """The name of a code on the web: its page, or a URN where the site has no known address."""
    return selection.link(f"/code/{code}") if selection.address else f"{URN}:code:{code}"


def write(selection: Selection) -> Iterator[bytes]:
    """One concept scheme; dimensions are its top concepts, with their codes below."""
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import DCTERMS, OWL, RDF, SKOS, XSD

    graph = Graph()
    graph.bind("skos", SKOS)
    graph.bind("dcterms", DCTERMS)
    address = selection.address
    scheme = URIRef(f"{address}/codebook" if address else f"{URN}:codebook")
    about = dict(selection.connection.execute(VERSION))
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, DCTERMS.license, URIRef(LICENCE)))
    graph.add((scheme, OWL.versionInfo, Literal(about.get("scheme_version", ""))))

    def say(subject: URIRef, predicate: URIRef, words: Words) -> None:
        for language in LANGUAGES:
            text = _clean(getattr(words, language))
            if text:
                graph.add((subject, predicate, Literal(text, lang=language)))

    title = Words(*(about.get(f"scheme_title_{language}", "") for language in LANGUAGES))
    say(scheme, DCTERMS.title, title)
    say(scheme, SKOS.prefLabel, title)
    for dimension in selection.terms.dimensions:
        top = URIRef(
            f"{address}/codebook#d-{dimension.id}" if address else f"{URN}:dimension:{dimension.id}"
        )
        graph.add((top, RDF.type, SKOS.Concept))
        graph.add((top, SKOS.topConceptOf, scheme))
        graph.add((scheme, SKOS.hasTopConcept, top))
        graph.add((top, SKOS.inScheme, scheme))
        graph.add((top, SKOS.notation, Literal(dimension.id)))
        say(top, SKOS.prefLabel, dimension.label)
        say(top, SKOS.definition, dimension.definition)
        for code in dimension.codes:
            concept = URIRef(code_uri(selection, code.id))
            broader = URIRef(code_uri(selection, code.parent)) if code.parent else top
            graph.add((concept, RDF.type, SKOS.Concept))
            graph.add((concept, SKOS.inScheme, scheme))
            graph.add((concept, SKOS.notation, Literal(code.id)))
            graph.add((concept, SKOS.broader, broader))
            graph.add((broader, SKOS.narrower, concept))
            say(concept, SKOS.prefLabel, code.label)
            say(concept, SKOS.definition, code.definition)
            say(concept, SKOS.scopeNote, code.include)
            if not any((*code.definition, *code.include)):
                say(concept, SKOS.scopeNote, _question(dimension))
            say(concept, SKOS.editorialNote, code.exclude)
            say(concept, SKOS.example, code.example)
            if code.retired is not None:
                graph.add((concept, OWL.deprecated, Literal(True, datatype=XSD.boolean)))
    yield graph.serialize(format="turtle", encoding="utf-8")


def _question(dimension: DimensionTerm) -> Words:
    """What a code answers that is told by its label alone: the question of its dimension."""
    label, definition = dimension.label, dimension.definition
    said = (f"{label.get(one)}: {definition.get(one)}" for one in LANGUAGES)
    return Words(*said) if any(definition) else Words("", "")


def _clean(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
