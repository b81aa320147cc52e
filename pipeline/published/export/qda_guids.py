"""Permanent GUIDs for REFI-QDA files, made from ids: what is renamed stays the same thing."""

from __future__ import annotations

import uuid

IDENTITY = uuid.uuid5(uuid.NAMESPACE_URL, "urn:orchestration-evidence:codebook")


def guid(*names: str) -> str:
    """That of a dimension (its id), or of a code (the ids of its dimension and of itself)."""
    return str(uuid.uuid5(IDENTITY, "/".join(names)))


def source_guid(study: str) -> str:
    """That of the text of a study."""
    return guid(f"source:{study}")


def user_guid(coder: str) -> str:
    """That of a coder."""
    return guid(f"user:{coder}")
