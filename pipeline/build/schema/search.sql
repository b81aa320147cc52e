-- Full-text search over passages and studies; accents do not matter. The forms of a word are looked up
-- in the tables of their words.
CREATE VIRTUAL TABLE passage_fts USING fts5(
    text, locator, content='passage', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO passage_fts (rowid, text, locator) SELECT rowid, text, locator FROM passage;
CREATE VIRTUAL TABLE passage_fts_words USING fts5vocab(passage_fts, row);
CREATE VIRTUAL TABLE study_fts USING fts5(
    title, authors, container, summary,
    content='study', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO study_fts (rowid, title, authors, container, summary)
SELECT rowid, title, authors, container, summary FROM study;
CREATE VIRTUAL TABLE study_fts_words USING fts5vocab(study_fts, row);
