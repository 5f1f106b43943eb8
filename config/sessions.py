"""Sessions in the database, which tell a lost connection from a person who has signed out meanwhile."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(db.SessionStore):
    def save(self, must_create: bool = False) -> None:
        """Save; what belongs to a session that was ended meanwhile is dropped, as the page was already answered.

        Raises:
            OperationalError, InterfaceError: The database is away. Django would call it an ended session (400).
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from error.__context__.__cause__
