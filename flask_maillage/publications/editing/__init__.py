"""The pages in which members write: choose, write, preview, publish, edit, withdraw."""
