"""What everything stands on: files and how they are written, problems, texts."""
