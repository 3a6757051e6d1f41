// A calendar program, played by ical.js: reads mails with calendar files and says what it then shows.
//
// node read_ics.mjs <path of ical.js>, and on stdin a list of mailboxes, each a list of files in
// the order of their arrival. On stdout: per mailbox the calendar after each mail.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));
const mailboxes = JSON.parse(readFileSync(0, "utf8"));

const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString().slice(0, 16) + "Z";

function shown(component) {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid,
    sequence: event.sequence,
    starts_at: utc(event.startDate),
    ends_at: utc(event.endDate),
    summary: event.summary,
    location: event.location,
    description: event.description,
    organizer: event.organizer,
    organizer_name: component.getFirstProperty("organizer").getFirstParameter("cn") ?? "",
    attendees: event.attendees.map((attendee) => attendee.getFirstValue()),
  };
}

function receive(calendar, known, file) {
  const component = new ICAL.Component(ICAL.parse(file));
  const method = component.getFirstPropertyValue("method");
  for (const part of component.getAllSubcomponents("vevent")) {
    const event = shown(part);
    if (event.sequence <= (known.get(event.uid) ?? -1)) continue; // RFC 5546, 2.1.5: older news
    known.set(event.uid, event.sequence);
    if (method === "CANCEL") calendar.delete(event.uid);
    else calendar.set(event.uid, event);
  }
}

function after(mails) {
  const calendar = new Map();
  const known = new Map();
  return mails.map((file) => {
    receive(calendar, known, file);
    return [...calendar.values()];
  });
}

console.log(JSON.stringify(mailboxes.map(after)));
