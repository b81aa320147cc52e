-- The map: how many pieces of evidence and of suggestions each role has in each sector.
CREATE VIEW role_sector_matrix AS
SELECT role.label_en AS role, role.label_nl AS rol, sector.label_en AS sector,
       cell.studies AS studies_in_sector,
       cell.evidence AS evidence, cell.evidence_studies AS studies_with_evidence,
       cell.suggested AS suggested, cell.suggested_studies AS studies_with_suggestions,
       cell.disputed AS disputed, cell.role AS role_id, cell.sector AS sector_id
FROM cell
JOIN code AS role ON role.id = cell.role
JOIN code AS sector ON sector.id = cell.sector;

-- Empty cells of the map and why they are empty.
CREATE VIEW gap AS
SELECT role.label_en AS role, role.label_nl AS rol, sector.label_en AS sector,
       CASE cell.reason
           WHEN 'no-study' THEN 'no study in that sector'
           WHEN 'not-coded' THEN 'studies there, not all coded yet'
           WHEN 'none-shows' THEN 'coded, none shows the role'
           WHEN 'only-suggested' THEN 'only suggestions'
           WHEN 'only-disputed' THEN 'only disputed'
       END AS reason,
       CASE cell.reason
           WHEN 'no-study' THEN 'geen studie in die sector'
           WHEN 'not-coded' THEN 'wel studies, nog niet alle gecodeerd'
           WHEN 'none-shows' THEN 'gecodeerd, geen toont de rol'
           WHEN 'only-suggested' THEN 'alleen suggesties'
           WHEN 'only-disputed' THEN 'alleen omstreden'
       END AS reden,
       cell.studies AS studies_in_sector, cell.suggested AS suggested, cell.disputed AS disputed,
       cell.role AS role_id, cell.sector AS sector_id
FROM cell
JOIN code AS role ON role.id = cell.role
JOIN code AS sector ON sector.id = cell.sector
WHERE cell.evidence = 0;

-- How far the coding of each study has come.
CREATE VIEW coverage AS
SELECT study.key AS study, study.label AS label, study.access AS access,
       study.passages AS passages,
       (SELECT COUNT(DISTINCT decision.unit) FROM decision
        JOIN dimension ON dimension.id = decision.dimension AND dimension.is_evidence
        WHERE decision.study = study.key AND decision.standing = 'current') AS reviewed,
       study.suggested AS suggested, study.evidence AS evidence
FROM study;
