"""The rules of staff accounts: who may sign in and how. No HTTP, no SQL."""
