"""How fast the house is, measured on this machine; ratios within one run are what can be compared."""
