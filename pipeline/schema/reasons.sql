-- Why a cell of the map has no evidence.
UPDATE cell SET reason = CASE
    WHEN evidence > 0 THEN 'evidence'
    WHEN studies = 0 AND suggested + disputed = 0 THEN 'no-study'
    WHEN disputed > 0 THEN 'only-disputed'
    WHEN suggested > 0 THEN 'only-suggested'
    WHEN reviewed < passages THEN 'not-coded'
    ELSE 'none-shows'
END;
