-- The map: how many pieces of evidence and of suggestions each role has in each sector. The last
-- sector holds the studies whose sector nobody has decided yet.
CREATE VIEW role_sector_matrix AS
SELECT role.label_en AS role, role.label_nl AS rol, COALESCE(sector.label_en, undecided.en) AS sector,
       cell.studies AS studies_in_sector,
       cell.evidence AS evidence, cell.evidence_studies AS studies_with_evidence,
       cell.checked AS checked_by_a_person,
       cell.suggested AS suggested, cell.suggested_studies AS studies_with_suggestions,
       cell.disputed AS disputed, cell.role AS role_id, cell.sector AS sector_id
FROM cell
JOIN code AS role ON role.id = cell.role
LEFT JOIN code AS sector ON sector.id = cell.sector
JOIN wording AS undecided ON undecided.name = 'undecided'
WHERE cell.sector IS NOT NULL OR cell.studies > 0;

-- Empty cells of the map and why they are empty.
CREATE VIEW gap AS
SELECT role.label_en AS role, role.label_nl AS rol, COALESCE(sector.label_en, undecided.en) AS sector,
       why.en AS reason, why.nl AS reden,
       cell.studies AS studies_in_sector, cell.unread AS unread,
       cell.suggested AS suggested, cell.disputed AS disputed,
       cell.role AS role_id, cell.sector AS sector_id
FROM cell
JOIN code AS role ON role.id = cell.role
LEFT JOIN code AS sector ON sector.id = cell.sector
JOIN wording AS undecided ON undecided.name = 'undecided'
JOIN wording AS why ON why.name = 'reason.' || cell.reason
WHERE cell.evidence = 0 AND (cell.sector IS NOT NULL OR cell.studies > 0);

-- How far the coding of each study has come.
CREATE VIEW coverage AS
SELECT study.key AS study, study.label AS label, study.access AS access,
       study.passages AS passages,
       (SELECT COUNT(DISTINCT decision.unit) FROM decision
        JOIN dimension ON dimension.id = decision.dimension AND dimension.is_evidence
        WHERE decision.study = study.key AND decision.standing = 'current') AS reviewed,
       study.suggested AS suggested, study.evidence AS evidence
FROM study;

-- The score of every code for every passage, also of codes that are not suggested.
CREATE VIEW score AS
SELECT passage_scores.passage AS passage, passage_scores.study AS study,
       each.key AS code, each.value AS score
FROM passage_scores, json_each(passage_scores.scores) AS each;
