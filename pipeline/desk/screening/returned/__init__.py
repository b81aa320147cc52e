"""Programs that give screening decisions back: one file each, one line here."""

from __future__ import annotations

from pipeline.desk.screening.returned import asreview_answers as asreview
from pipeline.desk.screening.returned import covidence_answers as covidence
from pipeline.desk.screening.returned import decision_table_answers as decision_table
from pipeline.desk.screening.returned import eppi_answers as eppi
from pipeline.desk.screening.returned import rayyan_answers as rayyan
from pipeline.desk.screening.returned.returned_record import ScreeningProgram

# Where a file bears the marks of several, that which reads most of it counts, then the first.
PROGRAMS: tuple[ScreeningProgram, ...] = (
    rayyan.PROGRAM,
    covidence.PROGRAM,
    decision_table.PROGRAM,
    asreview.PROGRAM,
    eppi.PROGRAM,
)
