"""One rule for each cause: `(facts) -> Cause | None`, grouped by the link of the chain that the cause breaks."""
