"""The forms in which members write publications: one file per kind, few fields first, the rest in groups."""
