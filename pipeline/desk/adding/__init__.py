"""Adding studies: from a file of references to entries of the bibliography, with a look before."""
