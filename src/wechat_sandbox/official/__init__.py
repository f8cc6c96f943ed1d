"""Official accounts (公众号, 服务号): followers, menus, codes, web login, and every way to write to a person.

What an account may call is in `rights`, whom it may still answer in `windows`; each file's `ROUTES` are its APIs.
"""
