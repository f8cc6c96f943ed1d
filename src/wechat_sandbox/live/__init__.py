"""Live rooms of a mini-program (小程序直播)."""
