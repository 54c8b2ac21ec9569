"""What a script run draws: the frame of all pages, each page, and their panels."""
