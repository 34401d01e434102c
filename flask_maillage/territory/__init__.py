"""Where things are: places, and later zones, the gazetteer and territories as actors."""
