"""The API: the same verbs as the pages, for programs with a key; JSON in, JSON or problem+json out."""
