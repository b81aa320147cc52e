"""The flow diagram of a review, drawn and as numbers."""
