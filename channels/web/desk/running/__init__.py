"""Running the office at the desk: what can be booked, where, when it is closed, who works here, what is counted."""
