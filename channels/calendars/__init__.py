"""When counsellors are busy elsewhere: their own calendars are asked, by an ICS address or by Microsoft Graph."""
