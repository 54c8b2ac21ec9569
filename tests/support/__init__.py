"""What the tests use: real parts, started and driven."""
