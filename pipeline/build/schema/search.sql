-- What a passage is found by: its words, and what they are in the other language.
CREATE VIEW passage_words AS
SELECT passage.rowid AS row, passage.id AS id, passage.text AS text, passage.locator AS locator,
       COALESCE(en.text, '') AS en, COALESCE(nl.text, '') AS nl
FROM passage
LEFT JOIN gist AS en ON en.passage = passage.id AND en.language = 'en'
LEFT JOIN gist AS nl ON nl.passage = passage.id AND nl.language = 'nl';

-- Full-text search over passages and studies; accents do not matter. The forms of a word are looked up
-- in the tables of their words.
CREATE VIRTUAL TABLE passage_fts USING fts5(
    text, locator, en, nl,
    content='passage_words', content_rowid='row', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO passage_fts (rowid, text, locator, en, nl)
SELECT row, text, locator, en, nl FROM passage_words;
CREATE VIRTUAL TABLE passage_fts_words USING fts5vocab(passage_fts, row);
CREATE VIRTUAL TABLE study_fts USING fts5(
    title, authors, container, summary,
    content='study', tokenize='unicode61 remove_diacritics 2'
);
INSERT INTO study_fts (rowid, title, authors, container, summary)
SELECT rowid, title, authors, container, summary FROM study;
CREATE VIRTUAL TABLE study_fts_words USING fts5vocab(study_fts, row);
