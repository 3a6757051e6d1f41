"""The front door: command line, settings, databases, site and workers put together."""
