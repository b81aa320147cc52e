"""The command line: one file a family; reads arguments and prints."""
