"""What we learn from it: anonymous, permanent inquiry statistics in their own database; no person comes in."""
