"""The pages the office works with, each composed from the rooms' own queries."""
