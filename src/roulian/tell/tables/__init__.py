"""Where notices, attempts, the consent ledger, the account matrix and articles are kept, one file per subject."""
