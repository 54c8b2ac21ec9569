"""Tests of preflight/."""
