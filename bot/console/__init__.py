"""The staff console: server-rendered pages for signing in, working handoffs and looking after staff accounts."""
