"""The open platform (微信开放平台): third-party platforms, what accounts let them do, open accounts, privacy guides."""
