"""What a diagnosis ends in: causes, each with its certainty, its proof and its remedy, and the chain they break."""

from dataclasses import dataclass
from enum import Enum

from scimctl.diagnose.log import Event
from scimctl.exchange import Exchange


class Certainty(Enum):
    """How sure a cause is, surest first."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """0 for the surest."""
        return list(Certainty).index(self)


class Symptom(Enum):
    """What a person may complain of."""

    NOT_CREATED = "not-created"
    NOT_UPDATED = "not-updated"
    NOT_DEACTIVATED = "not-deactivated"
    NOT_REACTIVATED = "not-reactivated"
    GROUP_NOT_PUSHED = "group-not-pushed"
    PASSWORD_NOT_SYNCED = "password-not-synced"
    NONE = "none"


class Link(Enum):
    """One link of the chain from Okta to the app, in the order in which an admin would walk it."""

    USER = "user in Okta"
    INTEGRATION = "API integration"
    FEATURE = "provisioning feature"
    ASSIGNED = "assigned"
    IN_TIME = "assigned in time"
    ATTEMPTED = "attempted"
    CONNECTION = "connection"
    CREDENTIALS = "credentials"
    LOOKUP = "lookup"
    ACCOUNT = "account"
    PROFILE = "profile"
    ATTRIBUTES = "attributes"
    ACTIVE = "active"
    GROUPS = "groups"


class Code(Enum):
    """The permanent name of a cause, the link that it breaks, and the requirement that it breaks where there is one."""

    OKTA_USER_MISSING = ("okta-user-missing", Link.USER, None)
    OKTA_USER_NOT_ACTIVE = ("okta-user-not-active", Link.USER, None)
    SUSPENDED = ("suspended-sends-nothing", Link.USER, None)
    IMPORT_SAFEGUARD = ("import-safeguard", Link.USER, None)
    APP_INACTIVE = ("app-inactive", Link.INTEGRATION, None)
    PROVISIONING_DISABLED = ("provisioning-disabled", Link.INTEGRATION, None)
    CREATE_DISABLED = ("create-users-disabled", Link.FEATURE, None)
    UPDATE_DISABLED = ("update-users-disabled", Link.FEATURE, None)
    DEACTIVATE_DISABLED = ("deactivate-users-disabled", Link.FEATURE, None)
    NOT_ASSIGNED = ("not-assigned", Link.ASSIGNED, None)
    STILL_ASSIGNED = ("still-assigned-via-group", Link.ASSIGNED, None)
    ASSIGNED_BEFORE = ("assigned-before-provisioning", Link.IN_TIME, None)
    JOB_PENDING = ("job-pending", Link.ATTEMPTED, None)
    DEACTIVATION_SKIPPED = ("deactivation-skipped-no-external-id", Link.ATTEMPTED, None)
    CONNECTION_FAILED = ("connection-failed", Link.CONNECTION, "okta-19")
    TLS_FAILURE = ("tls-failure", Link.CONNECTION, "okta-19")
    BASE_URL_WRONG = ("base-url-wrong", Link.CONNECTION, None)
    SERVER_TIMEOUT = ("server-timeout", Link.CONNECTION, "okta-19")
    RATE_LIMITED = ("rate-limited", Link.CONNECTION, None)
    CREDENTIALS_REJECTED = ("credentials-rejected", Link.CREDENTIALS, "okta-20")
    TOKEN_LACKS_PERMISSION = ("token-lacks-permission", Link.CREDENTIALS, None)
    MALFORMED_LOOKUP = ("malformed-lookup-response", Link.LOOKUP, "okta-02")
    MEDIA_TYPE_REJECTED = ("media-type-rejected", Link.LOOKUP, None)
    NON_SCIM_ERROR = ("non-scim-error-body", Link.LOOKUP, "okta-23")
    USERNAME_MISMATCH = ("username-mismatch", Link.LOOKUP, "okta-03")
    DUPLICATE_HIDDEN = ("duplicate-user-hidden", Link.LOOKUP, "okta-10")
    SEAT_LIMIT = ("seat-limit-reached", Link.ACCOUNT, None)
    DOMAIN_NOT_APPROVED = ("domain-not-approved", Link.ACCOUNT, None)
    PASSWORD_POLICY = ("password-policy-rejected", Link.ACCOUNT, "okta-04")
    EMPTY_CREATE = ("empty-create-response", Link.ACCOUNT, "okta-04")
    ACCOUNT_DELETED = ("account-deleted-downstream", Link.ACCOUNT, None)
    SERVER_ERROR = ("server-error", Link.ACCOUNT, None)
    MISSING_ATTRIBUTE = ("missing-required-attribute", Link.PROFILE, None)
    INVALID_VALUE = ("invalid-attribute-value", Link.PROFILE, None)
    UNKNOWN_USER_TYPE = ("unknown-user-type", Link.PROFILE, None)
    NOT_IN_PAYLOAD = ("attribute-not-in-payload", Link.ATTRIBUTES, None)
    RETAINED = ("attribute-retained-downstream", Link.ATTRIBUTES, None)
    PATCH_UNSUPPORTED = ("patch-unsupported", Link.ACTIVE, "okta-08")
    DEACTIVATION_IGNORED = ("deactivation-ignored-by-server", Link.ACTIVE, "okta-08")
    STALE_RACE = ("stale-active-race", Link.ACTIVE, None)
    MEMBER_UNKNOWN = ("group-push-member-unknown", Link.GROUPS, "okta-14")
    GROUP_PUSH_ERROR = ("group-push-error", Link.GROUPS, "okta-14")
    GROUP_DELETED = ("group-deleted-downstream", Link.GROUPS, None)

    def __init__(self, word: str, link: Link, requirement: str | None) -> None:
        self.word = word
        self.link = link
        self.requirement = requirement


class About(Enum):
    """What a cause explains; one failure has one cause, so of several about it the first is kept."""

    FAILURE = "the failure in the log"
    STATE = "what Okta and the app show"
    GROUP = "a group push"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One ground of a cause in words, with the events and the exchange that it rests on."""

    text: str
    events: tuple[Event, ...] = ()
    exchange: Exchange | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why somebody or something did not arrive. `remedy` is in the terms of an Okta admin."""

    code: Code
    certainty: Certainty
    title: str
    because: tuple[Proof, ...]
    remedy: str
    about: About
    symptom: Symptom
