"""The web: public pages, the desk, and what guards both."""
