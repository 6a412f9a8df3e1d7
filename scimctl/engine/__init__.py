"""Running a plan: requests out, events in."""
