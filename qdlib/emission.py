"""What a reduced site does to the light, and how the light leaves.

    eta_x = k_r F_P / (k_r F_P + k_nr + k_q N + k_field),   k_q = c N_dot,   k_field = k_r (F/F0)^2

N is the number of reduced sites per dot, c their capture coefficient (the same with which they
take up free carriers in `transport`), F the field in the dots (quantum-confined Stark effect:
Shirasaki, Phys. Rev. Lett. 110, 217403 (2013)), F_P the Purcell factor of the cavity.
"""

from dataclasses import dataclass

from .errors import require_range


@dataclass(frozen=True)
class Optics:
    """The cavity around the dots.

    outcoupling_efficiency : share of the emitted photons that reaches the air [1]
    purcell_factor : radiative rate in the device over that in the film [1]
    stark_field : F0, at which the field costs as much as the free film's radiative rate [V/m]
    """

    outcoupling_efficiency: float
    purcell_factor: float
    stark_field: float

    def __post_init__(self):
        require_range("outcoupling_efficiency", self.outcoupling_efficiency, 0, 1)
        require_range("purcell_factor", self.purcell_factor, 0.01, 100)
        require_range("stark_field", self.stark_field, 1e5, 1e12, "V/m")


def exciton_efficiency(dot, optics, capture_coefficient, reduced_sites, field=0.0):
    """Share of the excitons that emit, eta_x [1].

    reduced_sites : per dot [1]; field : in the dots [V/m]; arrays of one shape
    """
    radiative = optics.purcell_factor / dot.radiative_lifetime
    other = (1 / dot.film_yield - 1) / dot.radiative_lifetime
    quenching = capture_coefficient * dot.number_density * reduced_sites
    stark = (field / optics.stark_field) ** 2 / dot.radiative_lifetime
    return radiative / (radiative + other + quenching + stark)
