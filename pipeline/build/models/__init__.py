"""The tables of the published database. What each column means stands in datasette_metadata.yml."""

from pipeline.build.models.coder_tables import (
    Agreement,
    Coder,
    Instruction,
    MachineAgreement,
    Round,
)
from pipeline.build.models.coding_tables import (
    Coding,
    Considered,
    Decision,
    Evidence,
    PassageSector,
    Suggestion,
    SuggestionSpan,
)
from pipeline.build.models.count_tables import Cell, CodeTotal, Meta, Wording
from pipeline.build.models.scheme_tables import Code, Dimension, Indicator, SchemeVersion, Training
from pipeline.build.models.screening_tables import Candidate, Flow, Import, ScreeningAgreement
from pipeline.build.models.study_tables import (
    Alias,
    Author,
    Country,
    Document,
    Passage,
    Reference,
    Related,
    Study,
    StudyAuthor,
    StudyCountry,
    StudySector,
)
from pipeline.build.models.synthesis_tables import Synthesis, SynthesisPiece, SynthesisSentence

__all__ = [
    "Agreement",
    "Alias",
    "Author",
    "Candidate",
    "Cell",
    "Code",
    "CodeTotal",
    "Coder",
    "Coding",
    "Considered",
    "Country",
    "Decision",
    "Dimension",
    "Document",
    "Evidence",
    "Flow",
    "Import",
    "Indicator",
    "Instruction",
    "MachineAgreement",
    "Meta",
    "Passage",
    "PassageSector",
    "Reference",
    "Related",
    "Round",
    "SchemeVersion",
    "ScreeningAgreement",
    "Study",
    "StudyAuthor",
    "StudyCountry",
    "StudySector",
    "Suggestion",
    "SuggestionSpan",
    "Synthesis",
    "SynthesisPiece",
    "SynthesisSentence",
    "Training",
    "Wording",
]
