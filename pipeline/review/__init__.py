"""Manual review: what coders do, without HTTP."""
