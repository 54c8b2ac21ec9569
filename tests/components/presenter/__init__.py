"""Tests of components/presenter/."""
