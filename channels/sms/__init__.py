"""Text messages: what they say, how they are counted, and the gateway they go through and come from."""
