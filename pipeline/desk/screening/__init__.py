"""Screening of candidate studies: what comes next, saving it, and when to stop."""
