"""E-mail: a message as MIME, and its way to a server or to the demo mailbox."""
