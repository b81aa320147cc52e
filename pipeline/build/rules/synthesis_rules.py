"""Rules of what was found: who wrote it, in which languages, and what became of its pieces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from pipeline.build.inputs import Inputs, of_review
from pipeline.ground.problems import Problem, first_line
from pipeline.ground.texts import LANGUAGES
from pipeline.model.answers import study_of
from pipeline.model.people import moment
from pipeline.model.publication_notice import WITHDRAWN
from pipeline.model.records import EVIDENCE_STATUSES
from pipeline.model.resolve import resolve
from pipeline.model.standing import Answers
from pipeline.model.synthesis import JOIN, PieceNow, Synthesis, doubt, is_newer

SAID = {
    "disputed": ("is disputed", "Say so in the sentence, or take the piece out."),
    "gone": ("is no evidence any more", "Take it out, or cite what took its place."),
    "withdrawn": ("is of a withdrawn or superseded study", "Take it out, or say so."),
    "elsewhere": ("is of another code", "Cite a piece of what this is about."),
    "recoded": ("was decided anew since", "Read it again; then save, or mark it checked."),
}


def unknown_names_in_syntheses(inputs: Inputs) -> Iterator[Problem]:
    """Authors, codes and pairs of codes that are not there."""
    people = {coder.id: coder for coder in inputs.codings.coders}
    scheme = inputs.scheme
    roles = scheme.dimension(scheme.evidence).code_ids
    for item in inputs.syntheses.items:
        for name in filter(None, (item.by, item.checked_by)):
            if name not in people:
                hint = f"Add {name} to coding/coders.yml, or correct the name."
                yield Problem(item.path, 2, "unknown-coder", f"coder '{name}'", hint)
        if item.checked_by in people and not people[item.checked_by].is_person:
            hint = "Only a person checks: take checked_by out."
            message = f"checked by '{item.checked_by}', who is no person"
            yield Problem(item.path, 2, "not-a-person", message, hint)
        for code in item.codes:
            if code not in scheme.codes:
                hint = "Correct the name of the file: it is made of ids of coding/scheme.yml."
                yield Problem(item.path, 0, "unknown-code", f"code '{code}'", hint)
        if len(item.codes) > 1 and [code in roles for code in item.codes] != [True, False]:
            hint = f"Call it {'<role>'}{JOIN}{'<code of another dimension>'}."
            yield Problem(item.path, 0, "wrong-pair", f"'{item.name}' is no role in a place", hint)


def one_language_only(inputs: Inputs) -> Iterator[Problem]:
    """What readers of another language do not get to read."""
    written: dict[str, dict[str, Synthesis]] = defaultdict(dict)
    for item in inputs.syntheses.items:
        written[item.name][item.language] = item
    for own in written.values():
        for language in (name for name in LANGUAGES if name not in own):
            item = next(iter(own.values()))
            message, hint = f"not written in '{language}'", "Write the same in that language."
            yield Problem(item.path, 0, "one-language", message, hint, severity="warning")


def pieces_that_changed(inputs: Inputs) -> Iterator[Problem]:
    """What a synthesis rests on that is not as it was, and what came after it."""
    if not inputs.syntheses.items:
        return
    pieces = _pieces(inputs)
    for item in inputs.syntheses.items:
        for sentence in item.sentences:
            for piece in sentence.pieces:
                if why := doubt(item, pieces.get(piece)):
                    message, hint = SAID[why]
                    yield Problem(
                        item.path,
                        sentence.line,
                        f"piece-{why}",
                        f"the piece '{piece}' {message}",
                        hint,
                        first_line(sentence.text),
                        "warning",
                    )
        newer = sum(
            now.status in EVIDENCE_STATUSES
            and {*item.codes} <= {*now.codes}
            and is_newer(item, identity, now.decided_at)
            for identity, now in pieces.items()
        )
        if newer:
            message = f"written before {newer} newer piece{'s' if newer > 1 else ''}"
            hint = "Read them, and write it anew or mark it checked."
            yield Problem(item.path, 0, "newer-pieces", message, hint, severity="warning")


def withdrawn_studies(inputs: Inputs) -> Iterator[Problem]:
    """Studies that bear nothing out any more, and are said to without a word why."""
    for document in inputs.corpus.documents:
        notice = document.notice
        if notice and notice.kind in WITHDRAWN and not (notice.link or notice.note_en):
            message = f"'{document.study}' is {notice.kind}, and nothing says where that stands"
            hint = "Add a link or a note: status: {is: …, link: https://…}."
            yield Problem(document.path, 2, "bare-notice", message, hint, severity="warning")


def _pieces(inputs: Inputs) -> Mapping[str, PieceNow]:
    """Every piece that somebody decided or disputes, by its id."""
    shown = of_review(inputs)
    scheme, answers = inputs.scheme, Answers(inputs.scheme, inputs.codings)
    notices = {
        item.study: item.notice.kind for item in shown.corpus.documents if item.notice is not None
    }
    units = {unit.id for item in shown.corpus.documents for unit in item.units}
    codings = resolve(scheme, {}, answers)
    places: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for coding in codings:
        if coding.dimension != scheme.evidence and coding.status in EVIDENCE_STATUSES:
            places[coding.unit][coding.dimension].append(coding.code)
    found = {}
    for coding in codings:
        unit, study = coding.unit, study_of(coding.unit)
        if coding.dimension == scheme.evidence and unit in units:
            own = {**places.get(study, {}), **places.get(unit, {})}
            held = answers.held((unit, coding.dimension), scheme.codes.get(coding.code))
            found[f"{unit}-{coding.code}"] = PieceNow(
                coding.status,
                max((moment(line.decided_at) for line in held.lines), default=""),
                (coding.code, *(code for codes in own.values() for code in codes)),
                notices.get(study, ""),
            )
    return found
