"""What actors publish: calls, events and initiatives, their forms, their documents and their feeds."""
