"""The tagger: suggests codes for passages and studies, each with its reason."""
