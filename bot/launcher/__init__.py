"""`python -m bot run`: trains where needed, migrates, and keeps Rasa, the action server and the bot running."""
