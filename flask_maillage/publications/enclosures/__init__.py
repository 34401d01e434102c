"""Images and documents of publications: which files each needs, copies of others' images, and what a page shows."""
