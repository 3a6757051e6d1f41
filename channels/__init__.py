"""How we talk: web, e-mail, the message texts, the outbox, reminders."""
