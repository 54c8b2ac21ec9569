"""The parts of the server: services, settings, visitors, security, signals."""
