"""From the files of a project to the published database: checks, the recipe, tables and rows."""
