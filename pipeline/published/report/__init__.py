"""Reports: the evidence map as a picture, and chosen evidence as a document to read and cite."""
