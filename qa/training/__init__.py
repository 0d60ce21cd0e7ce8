"""Learning the coefficients and weights that ship with the package."""
