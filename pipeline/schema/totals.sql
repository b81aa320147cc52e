-- One row for each code: how often it was decided, only suggested, disputed, and in how many studies.
INSERT INTO code_total (code, decided, suggested, disputed, studies)
SELECT code.id,
       COALESCE(SUM(coding.status IN ('single', 'agreed', 'adjudicated')), 0),
       COALESCE(SUM(coding.status = 'suggested'), 0),
       COALESCE(SUM(coding.status = 'disputed'), 0),
       COUNT(DISTINCT coding.study)
FROM code LEFT JOIN coding ON coding.code = code.id
GROUP BY code.id ORDER BY code.id;
