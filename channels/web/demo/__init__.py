"""The demonstration's stand-ins for a mail program and a phone: what comes in takes the same way as the real."""
