"""People who sign in. Who they are, not what they may do to a referral: partners keep their own members."""

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import FoldedField, Folding, TimeZoneField


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address, compared without case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def with_address(self, email: str) -> "User | None":
        """The person of an address, compared without case but letter by letter.

        The database takes some letters of other alphabets for the same when it changes case; a mail server does not.
        """
        found = self.filter(email__iexact=email)
        return next((person for person in found if person.email.lower() == email.lower()), None)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(Folding, AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(max_length=120, blank=True)
    name_key = FoldedField(of="name")
    time_zone = TimeZoneField()
    is_processing_team = models.BooleanField(
        _("referral processing team"), default=False, help_text=_("Can view and work on every referral.")
    )
    is_auditor = models.BooleanField(_("auditor"), default=False, help_text=_("Read-only access to everything."))
    is_staff = models.BooleanField(_("admin site"), default=False, help_text=_("Can sign in to the admin site."))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("Switch off instead of deleting."))
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_email_address")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def sees_everything(self) -> bool:
        return self.is_processing_team or self.is_auditor


def who_is_signed_in(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        return self.filter(ended_at=None)


class Invitation(models.Model):
    """Lets a person set up how to sign in: choose a password, or link an account of another provider."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(help_text=_("Address that it is sent to; with another one, it is void."))
    digest = models.CharField(max_length=64, unique=True, help_text=_("SHA-256 of the link’s token."))
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(ended_at=None), name="one_invitation_waits_per_person"
            )
        ]

    def __str__(self) -> str:
        return str(self.person)


class SignedIn(models.Model):
    """A session in which somebody is signed in, as its person reads it."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-last_used_at"]

    def __str__(self) -> str:
        return self.browser


class LocalMail(models.Model):
    """Mail kept for reading at /mailbox/ in local mode, where nothing leaves the machine."""

    sent_at = models.DateTimeField(auto_now_add=True)
    to = models.TextField()
    subject = models.TextField()
    body = models.TextField()
    html = models.TextField(blank=True, help_text=_("HTML version, if the email has one."))
    message_id = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.subject


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def forgotten(self, now: dt.datetime) -> "IdempotencyKeyQuerySet":
        """Those that nobody sends again."""
        return self.filter(begun_at__lt=now - IdempotencyKey.KEPT_FOR)


class IdempotencyKey(models.Model):
    """A request that is to have one effect however often it is sent, with the answer that it got."""

    KEPT_FOR = dt.timedelta(days=1)

    key = models.CharField(
        max_length=64, unique=True, help_text=_("Built from the sender, the address and the content.")
    )
    begun_at = models.DateTimeField(db_index=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    said = models.JSONField(default=list, help_text=_("Messages for the next page: level and text."))

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at=None, status=None)
                | models.Q(answered_at__isnull=False, status__isnull=False),
                name="an_answered_request_keeps_its_answer",
            )
        ]

    def __str__(self) -> str:
        return self.key
