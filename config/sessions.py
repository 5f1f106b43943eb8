"""Sessions that tell a lost database, and a person who has signed out meanwhile, from a bad request."""

from django.contrib.sessions import middleware
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse


class SessionMiddleware(middleware.SessionMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The answer, with its session saved; of one that was ended meanwhile nothing is kept, and no cookie is set.

        Raises:
            DatabaseError: the session could not be saved. Django would call it ended, and the request a bad one.
        """
        try:
            return super().process_response(request, response)
        except SessionInterrupted as interrupted:
            found = interrupted.__context__ and interrupted.__context__.__context__
            if isinstance(found, DatabaseError) and type(found) is not DatabaseError:  # that one: no row to update
                raise found from found.__cause__
            return response
