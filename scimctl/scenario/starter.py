"""The scenario that `scimctl scenarios new` writes: it runs as it is, and its comments say what can be changed."""

import re

from scimctl.diagnostic import usage_error

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")

_TEXT = """\
# A file of scenarios is a list. docs/writing-scenarios.md teaches the language.
# Check it: scimctl scenarios lint FILE     Play it: scimctl run FILE --reference

- id: {id}
  title: A new user is created with what Okta sends     # what holds when it passes
  tags: [mine]                                          # for: scimctl run tag:mine
  requires: okta-04                                     # the rule it rests on
  given:
    # An Okta user. $(unique.email) is an address that no other run and no other scenario uses.
    user: {{profile: {{login: $(unique.email), firstName: Ada, lastName: Lovelace, title: Engineer}}}}
  steps:
    # What an Okta admin does. The mock sends what Okta would send.
    - okta: {{assign: user}}
      expect:
        outcome: SUCCESS
        requests:
          - send: GET /Users?filter=*
          - send: POST /Users
            status: 201
    # A request of your own; only the members that are named here are looked at.
    - send: GET /Users/$(user.scim_id)
      expect:
        status: 200
        body: {{userName: $(user.login), title: Engineer, active: true}}
"""


def starter(scenario_id: str) -> str:
    """The text of a file with one scenario of this id. Raises InputError for an id that is none."""
    if _ID.fullmatch(scenario_id) is None:
        raise usage_error(
            f"`{scenario_id}` is no id of a scenario",
            "use kebab-case words with dots between, such as acme.users.create",
        )
    return _TEXT.format(id=scenario_id)
