"""Statistics, as WeChat counts them the day after: of articles, followers, messages, and of mini-programs."""
