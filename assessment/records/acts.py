"""What leaves an entry in the audit log: every act, and the kind of act that it is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """By what the entries of the audit log are looked through."""

    READ = "read"
    EXPORTED = "exported"
    CHANGED = "changed"
    ERASED = "erased"
    SIGN_IN = "sign-in"


class Act(StrEnum):
    """What somebody did, and its `kind`. A name that was once written is never used otherwise."""

    kind: Kind

    def __new__(cls, value: str, kind: Kind) -> Act:
        """Return a member whose value is its name in the database."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.kind = kind
        return made

    LOG_BEGUN = "log begun", Kind.CHANGED
    CLINIC_SET_UP = "clinic set up", Kind.CHANGED

    TODAY_READ = "today read", Kind.READ
    INBOX_READ = "inbox read", Kind.READ
    ARRIVALS_READ = "arrivals read", Kind.READ
    GOING_READ = "going read", Kind.READ
    RESPONSE_READ = "response read", Kind.READ
    CLIENTS_READ = "clients read", Kind.READ
    CLIENT_READ = "client read", Kind.READ
    INVITATIONS_READ = "invitations read", Kind.READ
    INVITATION_READ = "invitation read", Kind.READ
    STAFF_READ = "staff read", Kind.READ
    LOG_READ = "log read", Kind.READ
    DECIDED_AGAIN = "decided again", Kind.READ

    RESPONSE_EXPORTED = "response exported", Kind.EXPORTED
    CLIENT_COPIED = "client copied", Kind.EXPORTED
    LOG_EXPORTED = "log exported", Kind.EXPORTED

    MARKED_READ = "marked as read", Kind.CHANGED
    NOTE_ADDED = "note added", Kind.CHANGED
    RESPONSE_MARKED = "response marked", Kind.CHANGED
    INVITED = "invitation made", Kind.CHANGED
    LINK_MAILED = "link mailed", Kind.CHANGED
    LINK_REPLACED = "link replaced", Kind.CHANGED
    LINK_REVOKED = "link revoked", Kind.CHANGED
    DETAILS_CHANGED = "details changed", Kind.CHANGED
    SETTINGS_CHANGED = "settings changed", Kind.CHANGED
    QUESTIONS_CHANGED = "questions changed", Kind.CHANGED
    MEASURES_CHANGED = "measures changed", Kind.CHANGED
    LOGO_CHANGED = "logo changed", Kind.CHANGED
    SHARING_CHANGED = "sharing changed", Kind.CHANGED
    COLLEAGUE_INVITED = "colleague invited", Kind.CHANGED
    MADE_OWNER = "made owner", Kind.CHANGED
    MADE_THERAPIST = "made therapist", Kind.CHANGED
    CODE_MADE = "code made", Kind.CHANGED
    COLLEAGUE_SIGNED_OUT = "colleague signed out", Kind.CHANGED
    COLLEAGUE_DISABLED = "colleague disabled", Kind.CHANGED
    COLLEAGUE_ENABLED = "colleague enabled", Kind.CHANGED
    COLLEAGUE_REMOVED = "colleague removed", Kind.CHANGED
    HANDED_OVER = "handed over", Kind.CHANGED
    PERIODS_CHOSEN = "periods chosen", Kind.CHANGED
    KEY_MADE = "key made", Kind.CHANGED
    KEY_REVOKED = "key revoked", Kind.CHANGED
    WEBHOOK_ADDED = "webhook added", Kind.CHANGED
    WEBHOOK_ON = "webhook switched on", Kind.CHANGED
    WEBHOOK_OFF = "webhook switched off", Kind.CHANGED
    WEBHOOK_REMOVED = "webhook removed", Kind.CHANGED
    WEBHOOK_TRIED = "webhook tried", Kind.CHANGED
    SENT_AGAIN = "sent again", Kind.CHANGED
    KEYS_CHANGED = "keys changed", Kind.CHANGED

    RESPONSE_ERASED = "response erased", Kind.ERASED
    CLIENT_ERASED = "client erased", Kind.ERASED
    INVITATION_ERASED = "invitation erased", Kind.ERASED

    SIGNED_IN = "signed in", Kind.SIGN_IN
    SIGN_IN_FAILED = "sign-in failed", Kind.SIGN_IN
    SIGNED_OUT = "signed out", Kind.SIGN_IN
    SIGNED_OUT_EVERYWHERE = "signed out everywhere", Kind.SIGN_IN
    SESSION_ENDED = "session ended", Kind.SIGN_IN
    WAITING_ROOM_OPENED = "waiting room opened", Kind.SIGN_IN
    PASSWORD_CHANGED = "password changed", Kind.SIGN_IN
    PASSWORD_REFUSED = "password refused", Kind.SIGN_IN
    PASSWORD_CHOSEN = "password chosen", Kind.SIGN_IN
    CODE_USED = "recovery code used", Kind.SIGN_IN
    APP_ADDED = "app added", Kind.SIGN_IN
    APP_REMOVED = "app removed", Kind.SIGN_IN
    PASSKEY_ADDED = "passkey added", Kind.SIGN_IN
    PASSKEY_REMOVED = "passkey removed", Kind.SIGN_IN
    CODES_MADE = "recovery codes made", Kind.SIGN_IN
    FACTORS_RESET = "second step reset", Kind.SIGN_IN
    FACTOR_RULE_CHANGED = "second step required or not", Kind.CHANGED
    UNLOCKED = "unlocked", Kind.SIGN_IN


BEGINNINGS = (Act.LOG_BEGUN, Act.CLINIC_SET_UP)
"""With one of these every log begins."""
