"""The coordinators' pages of a call of ours: applications, arranging, publishing, places and groups."""
