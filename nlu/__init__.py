"""Understanding: Rasa graph components and the models behind them (Python 3.10)."""
