"""The invented office of the demonstration: its people, its days, its figures. Nothing here is real."""
