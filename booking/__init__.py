"""When we meet: services, hours, availability, slots, holds, appointments, calendar objects."""
