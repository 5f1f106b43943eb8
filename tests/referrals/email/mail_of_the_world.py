"""Messages as the mail servers of the world send them, after their documentation; each is about our mail to Dana."""

from referrals.email.guessing import Kind

TO, KEY = "dana@contoso.example", "5f" * 24
RETURNED = f"""\
Received: from triage.example by mx.example; Mon, 23 Nov 2026 10:00:00 +0000
Message-ID: <{KEY}@triage.example>
From: Referral triage <no-reply@triage.example>
To: {TO}
Subject: New referral
"""


def dsn(
    block: str, returned: str = f"text/rfc822-headers\n\n{RETURNED}", status: str = "message/delivery-status"
) -> str:
    return f"""\
From: postmaster@mx.example
Subject: Delivery status
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

See below.
--b
Content-Type: {status}

Reporting-MTA: dns; mx.example

{block}
--b
Content-Type: {returned}
--b--
"""


def plain(sender: str, body: str, *headers: str) -> str:
    return "\n".join((f"From: {sender}", "To: no-reply@triage.example", *headers, "", body))


FAILURES = {
    "Postfix": dsn(f"Final-Recipient: rfc822; {TO}\nOriginal-Recipient: rfc822;{TO}\nAction: failed\nStatus: 5.1.1"),
    "Sendmail": dsn(f"Final-Recipient: RFC822; {TO}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: SMTP; 550"),
    "Exchange on premises": dsn(f"Final-recipient: RFC822;{TO}\nAction: failed\nStatus: 5.1.1\nX-Supplementary: x"),
    "Exchange Online, whose returned headers break off": dsn(
        f"Final-Recipient: rfc822;{TO}\nAction: failed\nStatus: 5.1.10",
        f"message/rfc822\n\nReceived: from x\n by y\nX-Broken header without a colon\n\n{RETURNED}",
    ),
    "outlook.com": dsn(f"Final-Recipient: rfc822;{TO}\nAction: failed\nStatus: 5.5.0\nRemote-MTA: dns;mx.example"),
    "Amazon SES": dsn(f"Final-Recipient: RFC822; {TO}\nAction: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.example"),
    "Gmail": dsn(f"Final-Recipient: rfc822; {TO}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550"),
    "SendGrid": dsn(f"Final-recipient: rfc822; {TO}\nAction: expired\nStatus: 4.4.1\nDiagnostic-Code: too many tries"),
    "beyond ASCII": dsn(
        f"Final-Recipient: utf-8; {TO}\nAction: failed\nStatus: 5.1.1", status="message/global-delivery-status"
    ),
    "Gmail, old form": plain(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        f"Delivery to the following recipient failed permanently:\n\n     {TO}\n\n550 5.1.1 does not exist\n\n"
        f"----- Original message -----\n\n{RETURNED}",
        f"X-Failed-Recipients: {TO}",
        "Auto-Submitted: auto-replied",
        "Subject: Delivery Status Notification (Failure)",
    ),
    "Exim": plain(
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "A message that you sent could not be delivered to one or more of its recipients.\n\n"
        f"  {TO}\n    host mx.contoso.example: 550 unknown\n\n------ This is a copy of it. ------\n{RETURNED}",
        f"X-Failed-Recipients: {TO}",
        "Auto-Submitted: auto-replied",
    ),
    "qmail": plain(
        "MAILER-DAEMON@mx.example",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the"
        " following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        f"<{TO}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <no-reply@triage.example>\n{RETURNED}",
        "Subject: failure notice",
    ),
    "Yahoo, old form": plain(
        "MAILER-DAEMON@yahoo.com",
        f"Message from yahoo.com.\nUnable to deliver message to the following address(es).\n\n<{TO}>:\n"
        f"This user doesn't have a yahoo.com account\n\n--- Original message follows.\n\n{RETURNED}",
        "X-Loop: MAILER-DAEMON@yahoo.com",
        "Subject: Delivery failure",
    ),
    "OpenSMTPD, words alone": plain(
        "Mailer Daemon <MAILER-DAEMON@mx.example>",
        f"Your message could not be delivered:\n\n{TO}: 550 5.1.1 mailbox unavailable\n\n"
        f"Below is a copy of the original message:\n\n{RETURNED}",
        "Subject: Delivery status notification: error",
    ),
    "Domino": plain(
        "Postmaster@mx.example",
        f"Your message\n\n  Subject: New referral\n\nwas not delivered to:\n\n  {TO}\n\nbecause:\n\n"
        f"  550 5.1.1 User {TO} not listed in the directory\n\n{RETURNED}",
        "Subject: DELIVERY FAILURE: User not listed",
    ),
    "a provider's own words": plain(
        "mailer-daemon@mx.example",
        f"Sehr geehrter Absender,\n{TO} konnte nicht erreicht werden: 552 5.2.2 mailbox full\n\n{RETURNED}",
        "Return-Path: <>",
        "Subject: Mail delivery failed",
    ),
    "Exchange 2003": plain(
        "postmaster@mx.example",
        "Your message did not reach some or all of the intended recipients.\n\n      Subject: New referral\n      Sent:"
        f" 11/23/2026\n\nThe following recipient(s) could not be reached:\n\n      {TO} on 11/23/2026 10:00 AM\n"
        f"            There is no such account.\n            <mx.example #5.1.1 smtp;550 5.1.1>\n\n{RETURNED}",
        "Subject: Undeliverable: New referral",
    ),
    "Oracle": plain(
        "Internet Mail Delivery <postmaster@mx.example>",
        f"This report relates to a message you sent with the following header fields:\n\n  Message-id: <{KEY}@x>\n"
        f"  To: {TO}\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: {TO}\n"
        f"  Diagnostic code: smtp;550 5.1.1 unknown\n\n{RETURNED}",
    ),
    "Sendmail, transcript alone": plain(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "The original message was received at Mon, 23 Nov 2026\n\n   ----- Transcript of session follows -----\n"
        f">>> RCPT To:<{TO}>\n<<< 550 5.1.1 <{TO}>... User unknown\n\n   ----- Original message -----\n{RETURNED}",
    ),
    "nobody's own address": plain(
        "<>", f"Delivery failed for {TO}: 550 5.1.1 unknown\n\n{RETURNED}", "Subject: Mail failure"
    ),
    "Exchange Online, text alone": plain(
        "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example",
        f"Delivery has failed to these recipients or groups:\n\n{TO}\nThe address wasn't found.\n\n"
        f"Diagnostic information for administrators:\n#550 5.1.10 RESOLVER.ADR.RecipientNotFound ##\n\n{RETURNED}",
    ),
    "our own address beside it": plain(
        "mailer-daemon@mx.example",
        f"Sender: no-reply@triage.example\nRecipient: {TO}\nError: 550 5.1.1 unknown\n\n{RETURNED}",
    ),
    "OpenSMTPD, expired": plain(
        "Mailer Daemon <MAILER-DAEMON@mx.example>",
        f"Your message could not be delivered to these recipients:\n\n{TO}: Envelope expired\n\n{RETURNED}",
    ),
    "GMX": plain(
        "GMX Mailer Daemon <mailer-daemon@gmx.example>",
        f"The following address failed:\n\n{TO}:\nRequested action not taken: mailbox unavailable\n\n{RETURNED}",
    ),
    "GroupWise": plain(
        "Mailer-Daemon@mx.example",
        f"The message that you sent was undeliverable to the following:\n\t{TO} (user not found)\n\n{RETURNED}",
    ),
    "a status without an action": dsn(f"Final-Recipient: rfc822; {TO}\nStatus: 5.1.1"),
    "a word behind the action": dsn(f"Final-Recipient: rfc822; {TO}\nAction: failed (bad destination)\nStatus: 4.4.7"),
    "temporarily disabled for good": plain(
        "mailer-daemon@mx.example", f"<{TO}>: 550 5.2.1 mailbox temporarily disabled\n\n{RETURNED}"
    ),
    "quoted-printable": plain(
        "postmaster@mx.example",
        f"The mail to {TO} was refused: 550 5.7.1=20denied=\n.\n\n"
        f"Received: from x by y\nMessage-ID: <{KEY[:20]}=\n{KEY[20:]}@triage.example>",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
    ),
}
NO_FAILURES = {
    "a delay": dsn(f"Final-Recipient: rfc822; {TO}\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: tomorrow"),
    "delivered": dsn(f"Final-Recipient: rfc822; {TO}\nAction: delivered\nStatus: 2.1.5"),
    "Exim's warning": plain(
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        f"A message that you sent has not yet been delivered to:\n\n  {TO}\n\nNo action is required on your part."
        f" Delivery attempts will continue for some time.\n\n{RETURNED}",
        "Subject: Warning: message delayed 24 hours",
    ),
    "Gmail's delay, which names whom it could not reach so far": plain(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        f"THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n\n     {TO}\n\n"
        f"Message will be retried for 2 more day(s)\n\n----- Original message -----\n{RETURNED}",
        f"X-Failed-Recipients: {TO}",
    ),
    "a word of waiting with a code": plain(
        "mailer-daemon@mx.example",
        f"Delivery to {TO} is delayed: 450 4.2.0 greylisted. We will keep trying.\n\n{RETURNED}",
    ),
}
TO_A_PERSON = {
    "an automatic reply": (
        Kind.AUTOMATIC,
        plain(f"Dana <{TO}>", "I am away. 550 people wait.", f"In-Reply-To: <{KEY}@x>", "Auto-Submitted: auto-replied"),
    ),
    "an automatic reply by its subject": (
        Kind.AUTOMATIC,
        plain(TO, "Away.", f"References: <{KEY}@x>", "Subject: Automatische Antwort: New referral", "Return-Path: <>"),
    ),
    "a complaint": (
        Kind.COMPLAINT,
        dsn(f"Feedback-Type: abuse\nOriginal-Rcpt-To: {TO}", status="message/feedback-report").replace(
            "delivery-status;", "feedback-report;"
        ),
    ),
    "a person's answer that quotes a report": (
        Kind.MESSAGE,
        plain(f"Dana <{TO}>", f"Why do I get this?\n> {TO}: 550 5.1.1 no such user\n> {RETURNED}", "Subject: Re: x"),
    ),
    "a vacation message as Sieve sends it, with a number in it": (
        Kind.AUTOMATIC,
        plain(
            TO,
            f"I am temporarily away. Call +49 30 555 1234, room 550 there, or {TO}.",
            f"In-Reply-To: <{KEY}@x>",
            "Return-Path: <>",
            "Auto-Submitted: auto-replied (vacation)",
        ),
    ),
    "a report of the mailbox that ours was forwarded to": (
        Kind.FAILURE,
        plain(
            "MAILER-DAEMON@z.example",
            f"could not be delivered to carl@z.example:\n550 5.1.1 no such user\n\nFrom: x\nTo: {TO}\n{RETURNED}",
        ),
    ),
    "a report of a forwarded copy, without a code": (
        Kind.FAILURE,
        plain(
            "mailer-daemon@z.example",
            f"Unable to deliver message to the following recipients:\n\n  carl@z.example\n\n{RETURNED}",
        ),
    ),
    "a person who writes as postmaster": (
        Kind.MESSAGE,
        plain(
            "Anna <postmaster@contoso.example>",
            f"your mail to {TO} was answered with 550 5.7.1 by mistake. It was delivered.\n\n> {RETURNED}",
            f"In-Reply-To: <{KEY}@x>",
            "Subject: Re: New referral",
        ),
    ),
    "a postmaster's answer that somebody is away": (
        Kind.MESSAGE,
        plain("postmaster@contoso.example", f"{TO} has temporarily left.", f"In-Reply-To: <{KEY}@x>"),
    ),
    "a postmaster's automatic reply": (
        Kind.AUTOMATIC,
        plain(
            "postmaster@contoso.example",
            "Answers are delayed.",
            f"References: <{KEY}@x>",
            "Auto-Submitted: auto-replied",
        ),
    ),
    "a mail that was held and let through": (
        Kind.MESSAGE,
        plain("bounces@contoso.example", f"{TO}: held by rule 554 and released.", f"In-Reply-To: <{KEY}@x>"),
    ),
    "a report that names two": (
        Kind.MESSAGE,
        plain("mailer-daemon@z.example", f"550 5.1.1 {TO} unknown, ask carl@z.example\n\n{RETURNED}"),
    ),
    "a failure without an address": (Kind.FAILURE, dsn("Action: failed\nStatus: 5.1.1")),
    "a header that is cut off": (
        Kind.MESSAGE,
        plain(TO, "Hello", f"In-Reply-To: <{KEY}@x>", "Subject: =?utf-8?b?a?="),
    ),
    "a charset that is none": (
        Kind.MESSAGE,
        plain(TO, "Hello\x00", f"In-Reply-To: <{KEY}@x>", "Content-Type: text/plain; charset=undefined"),
    ),
    "a read receipt": (
        Kind.AUTOMATIC,
        dsn(f"Disposition: automatic-action; displayed\nFinal-Recipient: rfc822;{TO}").replace(
            "message/delivery-status", "message/disposition-notification"
        ),
    ),
    "a failure of somebody else": (
        Kind.FAILURE,
        dsn("Final-Recipient: rfc822; robin@contoso.example\nAction: failed\nStatus: 5.1.1"),
    ),
}
