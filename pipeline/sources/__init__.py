"""The files of a project, read into records; every fault with its file and line."""
