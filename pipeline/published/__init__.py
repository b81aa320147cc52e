"""Reading the built database: what is chosen, how much of it there is, and its words."""
