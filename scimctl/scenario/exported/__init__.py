"""Test suites that were exported from Runscope, now BlazeMeter API Monitoring, as Okta publishes its own."""
