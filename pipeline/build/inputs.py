"""Everything that was read of a project, and the part of it that is the review."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipeline.ground.settings import Settings
from pipeline.model.answers import Codings
from pipeline.model.round_agreement import RoundAgreement
from pipeline.model.scheme import Scheme
from pipeline.sources.bibliography.references import References
from pipeline.sources.corpus import Corpus
from pipeline.sources.gist_files import Gists
from pipeline.sources.migrations.kept_versions import KeptVersion
from pipeline.sources.screening.screened import Screened
from pipeline.sources.syntheses import Syntheses
from pipeline.tagger.reviewed_passages import Training


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that was read."""

    references: References
    corpus: Corpus
    scheme: Scheme
    codings: Codings
    reports: tuple[RoundAgreement, ...] = ()
    training: Training = field(default_factory=Training)
    screened: Screened = field(default_factory=Screened)
    settings: Settings = field(default_factory=Settings)
    versions: tuple[KeptVersion, ...] = ()
    gists: Gists = field(default_factory=Gists)
    syntheses: Syntheses = field(default_factory=Syntheses)


def of_review(inputs: Inputs) -> Inputs:
    """Only what belongs to the review and may be coded: no candidates, no kept abstracts."""
    screened = inputs.screened
    documents = inputs.corpus.documents
    if screened.is_empty and all(item.kind != "abstract" for item in documents):
        return inputs
    studies = tuple(item for item in inputs.references.studies if screened.includes(item.key))
    kept = {study.key for study in studies}
    return replace(
        inputs,
        references=replace(inputs.references, studies=studies),
        corpus=replace(
            inputs.corpus,
            documents=tuple(
                item for item in documents if item.study in kept and item.kind != "abstract"
            ),
        ),
    )
