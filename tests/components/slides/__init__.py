"""Tests of components/slides/."""
