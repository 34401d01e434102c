"""Publications for readers outside: Atom, RSS, JSON Feed and iCalendar from one list of entries."""
