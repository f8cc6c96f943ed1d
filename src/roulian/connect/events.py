"""This stage says nothing: it carries what others said."""
