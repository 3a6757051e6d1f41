"""Who turns to us, and with what: people, their addresses, inquiries and contacts."""
