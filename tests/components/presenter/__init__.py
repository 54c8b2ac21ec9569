"""Tests of the presenter's desk."""
