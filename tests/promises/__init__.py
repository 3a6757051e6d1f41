"""The promises of the design, each with ways to break it and, for each way, the test that must notice."""
