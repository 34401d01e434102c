"""What all pages share: the blueprint, the language, dates in words, content negotiation. Every package may use it."""
