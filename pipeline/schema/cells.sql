-- One row for each role and sector, with how much there is and, where there is no evidence, why.
INSERT INTO cell (role, sector, studies, evidence, evidence_studies, suggested, suggested_studies,
                  disputed, reason)
WITH placed AS (
    -- A passage counts in the sectors it was given, or else in those of its study.
    SELECT coding.code AS code, coding.status AS status, coding.study AS study,
           passage_sector.sector AS sector
    FROM coding
    JOIN dimension ON dimension.id = coding.dimension AND dimension.is_evidence
    JOIN passage_sector ON passage_sector.passage = coding.passage
    UNION ALL
    SELECT coding.code, coding.status, coding.study, study_sector.sector
    FROM coding
    JOIN dimension ON dimension.id = coding.dimension AND dimension.is_evidence
    JOIN study_sector ON study_sector.study = coding.study
    WHERE coding.passage NOT IN (SELECT passage FROM passage_sector)
),
counts AS (
    SELECT code AS role, sector,
           SUM(status IN ('single', 'agreed', 'adjudicated')) AS evidence,
           COUNT(DISTINCT CASE WHEN status IN ('single', 'agreed', 'adjudicated')
                               THEN study END) AS evidence_studies,
           SUM(status = 'suggested') AS suggested,
           COUNT(DISTINCT CASE WHEN status = 'suggested' THEN study END) AS suggested_studies,
           SUM(status = 'disputed') AS disputed
    FROM placed
    GROUP BY code, sector
),
reviewed AS (
    -- A decision says something of a role only if the scheme it was made under had that role.
    SELECT sector, since, COUNT(DISTINCT unit) AS passages
    FROM (SELECT DISTINCT study_sector.sector AS sector, decision.unit AS unit,
                 decision.scheme AS scheme
          FROM decision
          JOIN dimension ON dimension.id = decision.dimension AND dimension.is_evidence
          JOIN study_sector ON study_sector.study = decision.study
          WHERE decision.standing = 'current')
    JOIN (SELECT DISTINCT since FROM code) ON scheme >= since
    GROUP BY sector, since
),
present AS (
    SELECT study_sector.sector AS sector, COUNT(*) AS studies, SUM(study.passages) AS passages
    FROM study_sector JOIN study ON study.key = study_sector.study
    GROUP BY study_sector.sector
)
SELECT role.id, sector.id,
       COALESCE(present.studies, 0),
       COALESCE(counts.evidence, 0), COALESCE(counts.evidence_studies, 0),
       COALESCE(counts.suggested, 0), COALESCE(counts.suggested_studies, 0),
       COALESCE(counts.disputed, 0),
       CASE
           WHEN COALESCE(counts.evidence, 0) > 0 THEN 'evidence'
           WHEN COALESCE(present.studies, 0) = 0 AND counts.role IS NULL THEN 'no-study'
           WHEN COALESCE(counts.disputed, 0) > 0 THEN 'only-disputed'
           WHEN COALESCE(counts.suggested, 0) > 0 THEN 'only-suggested'
           WHEN COALESCE(reviewed.passages, 0) < present.passages THEN 'not-coded'
           ELSE 'none-shows'
       END
FROM code AS role
JOIN dimension AS rows ON rows.id = role.dimension AND rows.is_evidence
JOIN code AS sector
JOIN dimension AS columns ON columns.id = sector.dimension AND columns.is_map
LEFT JOIN counts ON counts.role = role.id AND counts.sector = sector.id
LEFT JOIN present ON present.sector = sector.id
LEFT JOIN reviewed ON reviewed.sector = sector.id AND reviewed.since = role.since
ORDER BY role.position, sector.position;
