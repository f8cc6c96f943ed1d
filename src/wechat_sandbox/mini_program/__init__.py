"""The mini-program: who logs in, what it may tell them, its links and codes."""
