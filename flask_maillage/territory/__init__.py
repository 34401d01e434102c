"""Where things and people are: places, zones, the gazetteer, and what actors say of where they are."""
