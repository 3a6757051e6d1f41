"""A slip of paper to take home: when, where, the code, and the link as a picture.

Invariant: whoever finds it learns of a time and a place, and where others read along, of a time only.
"""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from booking import appointments
from channels import languages
from channels.web import clock, log_in, pages
from channels.web.desk import access, page, rows
from office import audit, places
from office.settings import current


@log_in.for_roles(*log_in.SEES_PEOPLE)
async def show(request: Request) -> Response:
    """The slip in the person's language, to be printed."""
    now = clock.now()
    appointment = await appointments.by_id(request.path_params["id"])
    await appointment.fetch_related("service", "staff", "person")
    await audit.note(
        log_in.actor(request), "printed", f"appointment:{appointment.id}", now, purpose=access.Purpose.COUNTER
    )
    link = f"{current().origin}/a/{appointments.token(appointment)}"
    request.state.language = languages.known(appointment.person.language)
    return await page.render(
        request,
        "desk/slip.html",
        row=(await rows.of([appointment], log_in.staff_of(request), pages.language_of(request), now))[0],
        place=(await places.all_places()).get(appointment.place),
        qr=Markup(segno.make(link, error="m").svg_inline(scale=1, border=2, omitsize=True)),  # noqa: S704 - our own
        link=link,
    )
