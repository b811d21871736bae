"""A strict Telegram Bot API server for tests: real HTTP, and every call is held to the published rules.

Where Telegram forgives, this server refuses (unknown parameters, for instance), so that a mistake fails a test rather
than a visitor. Everything received is recorded; faults can be ordered. `python -m tests.support.bot_api --port N` runs
it on its own, with a small control API to play the visitors.
"""
