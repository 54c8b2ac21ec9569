"""Tests of what the presenter's pages run in the browser."""
