"""Same-city delivery by WeChat's own service (同城配送): stores and orders."""
