"""The nouns of deciding: reasons, promises, proposals, and the shapes read of other rooms."""
