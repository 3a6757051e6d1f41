"""Who we are: settings, staff, places, catalogues, closing days, the journal of what happened."""
