"""Who takes part in events: registrations, places, answers; ours and others', in letters, on pages and by command."""
