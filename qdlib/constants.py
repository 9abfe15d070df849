"""Constants of nature (CODATA 2018 exact values, SI) and the electrochemical scale."""

BOLTZMANN = 1.380649e-23  # [J/K]
CHARGE = 1.602176634e-19  # [C]
PLANCK = 6.62607015e-34  # [J s]
LIGHT_SPEED = 299792458.0  # [m/s]
VACUUM_PERMITTIVITY = 8.8541878128e-12  # [F/m]

HOUR = 3600.0  # [s]
MILLIAMP_PER_CM2 = 10.0  # [A/m2]

HYDROGEN_LEVEL = 4.44
"""Depth of the normal hydrogen electrode below vacuum [eV]: 4.44 +- 0.02, Trasatti,
Pure Appl. Chem. 58, 955 (1986)."""


def energy_of_potential(potential):
    """Depth below vacuum [eV] of an electron at a potential [V vs NHE]."""
    return HYDROGEN_LEVEL + potential
