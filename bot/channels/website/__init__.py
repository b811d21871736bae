"""The website channel: the widget API, the widget itself and the demo page."""
