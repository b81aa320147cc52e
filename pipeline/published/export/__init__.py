"""Downloads and exports: a registry of formats, one file each."""
