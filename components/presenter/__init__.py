"""What the presenter's pages run in the browser: captions, and a recorder of what is shown."""
