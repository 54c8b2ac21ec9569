"""Whole visits, each from a start to what it leaves behind."""
