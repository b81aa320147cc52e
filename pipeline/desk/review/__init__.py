"""Manual review: what coders do, from their next passage to settling where they differ."""
