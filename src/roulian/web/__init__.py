"""What comes in: shoppers, staff, WeChat's callbacks, partners; one room per audience.

Owns: HTTP. Says: nothing. Never: holds a rule; it parses, opens one transaction, and answers.
"""
