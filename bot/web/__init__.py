"""What every page and API shares: headers, limits, errors, base templates."""
