"""Full texts a researcher drops in: read, cleaned, and cut into blocks with their locators."""
