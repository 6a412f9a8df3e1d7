"""What `scimctl explain` tells beyond the rule: why it matters in Okta, right and wrong, and the fix."""
