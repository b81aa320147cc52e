"""What language models were told when they coded: `coding/instructions/`, published as it is."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.ground.problems import Problem
from pipeline.ground.project import Project
from pipeline.ground.text import decode_utf8
from pipeline.model.people import Coder


def read_instructions(
    project: Project, coders: Iterable[Coder]
) -> tuple[dict[str, str], list[Problem]]:
    """The texts that coders name, by file; and whether a coder says what kind of reader it is."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    home = project.name(project.coders)
    for coder in coders:
        path = project.instructions / coder.instructions
        if coder.nature is None:
            hint = "Add nature: person or nature: model. Until then it counts as neither."
            message = f"coder '{coder.id}' does not say whether it is a person"
            problems.append(Problem(home, 0, "no-nature", message, hint, severity="warning"))
        if not coder.instructions:
            if coder.nature == "model":
                hint = "Name a file of coding/instructions/, so that the coding can be repeated."
                message = f"coder '{coder.id}' is a model without instructions"
                problems.append(Problem(home, 0, "no-instructions", message, hint, "", "warning"))
        elif not path.is_file():
            name = project.name(path)
            message = f"the instructions of '{coder.id}' are missing"
            problems.append(Problem(name, 0, "missing-file", message, "Add the file."))
        elif coder.instructions not in texts:
            text, found = decode_utf8(path.read_bytes(), project.name(path))
            texts[coder.instructions] = text
            problems += found
    return texts, problems
