"""What follows a selection (FC-59 to FC-61, FC-79): entries of leaders and coordinators, reminders, contacts, pages."""
