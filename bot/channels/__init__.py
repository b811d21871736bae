"""One folder for each channel; each turns what arrives into an `InboundMessage` and knows no rules."""
