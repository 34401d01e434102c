"""How far an initiative is."""

STAGES = {
    "idea": "Idea",
    "emerging": "Emerging",
    "running": "Running",
    "growing": "Growing",
    "finished": "Finished",
}
# Communecter's `progress`, in any case; what it leaves empty stays empty.
COMMUNECTER_STAGES = {
    "idea": "idea",
    "concept": "idea",
    "started": "emerging",
    "development": "emerging",
    "testing": "emerging",
    "ongoing": "running",
    "mature": "growing",
    "finished": "finished",
}
