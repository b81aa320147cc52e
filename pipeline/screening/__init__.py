"""Screening of candidate studies: who decided what, what comes next, and the flow diagram."""
