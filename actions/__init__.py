"""What Rasa may run: compose the reply and mark it. No database, no call to the bot, no clock but the one passed in."""
