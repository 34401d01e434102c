"""What actors publish: calls, events, initiatives and news, their forms, their documents and their feeds."""
