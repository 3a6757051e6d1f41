"""What we learn from it: the anonymous, permanent inquiry statistics in their own database; no person comes in."""
