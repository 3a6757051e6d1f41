"""The pages families see: they work without JavaScript, by keyboard, on a small phone, in every language."""
