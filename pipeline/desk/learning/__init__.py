"""Teaching the tagger from what was reviewed, and measuring how well it learns."""
