-- The figures live in a database of their own; it may as well be on another server (STATISTICS_URL).
CREATE DATABASE statistics OWNER sprechstunde;
