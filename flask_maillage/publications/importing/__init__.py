"""Taking in what others keep elsewhere: calendars, tables, maps; one file per format, each from bytes to rows."""
