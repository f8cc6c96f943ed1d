"""Contact: the outside, each in a room of its own. The face of a room is its protocol and its value types."""
