"""How much metal carboxylate an amine wash leaves on the dots: the paper's Fig. 3b.

Published are the range of the amine, 0 to 4 mol/L (L059, neat 4.24, L064), and the plateau, 15 % of
the carboxylate (L055). The constants of the curve between are schematic: the paper prints no number
for them, and nothing else than "owner wash" of `data/parameters.csv` holds them. The yield in
solution stays near unity (L057) at every fraction; no formula for it here.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError, require_range

AMINES = 2  # bound to each displaced salt: Drijvers et al., doi 10.1021/acs.chemmater.7b05362


@dataclass(frozen=True)
class Wash:
    """Dots with two kinds of removable sites in a vessel; `wash` has the assumed ones.

    weak_constant, strong_constant : K of the two kinds [m3/mol]; see `residual_fraction`
    weak_share : of the removable salt that sits on the weak kind [1]
    tight_fraction : of the carboxylate that is inert (plateau) [1]
    site_concentration : removable salt, bound and displaced, per volume of the vessel [mol/m3]
    free_salt : salt that was in solution before the wash [mol/m3]
    """

    weak_constant: float
    strong_constant: float
    weak_share: float
    tight_fraction: float
    site_concentration: float
    free_salt: float = 0.0

    def __post_init__(self):
        for name, low, high, unit in (
            ("weak_constant", 1e-15, 1e9, "m3/mol"),
            ("strong_constant", 1e-15, 1e9, "m3/mol"),
            ("weak_share", 0, 1, ""),
            ("tight_fraction", 0, 0.99, ""),
            ("site_concentration", 1e-9, 1e4, "mol/m3"),
            ("free_salt", 0, 1e4, "mol/m3"),
        ):
            require_range(name, getattr(self, name), low, high, unit)

    def displaced(self, amine, salt):
        """Share of the removable salt that is off, at free amine and free salt [mol/m3].

        Of each kind K a^2/(s + K a^2): half at a = sqrt(s/K), and a Hill slope of 2.
        """
        pull = np.array([self.weak_constant, self.strong_constant]) * amine**AMINES
        shares = np.array([self.weak_share, 1 - self.weak_share])
        return float(shares @ (pull / (salt + pull))) if amine > 0 else 0.0


def residual_fraction(amine_concentration, vessel):
    """Carboxylate that is left of that of the dots as synthesised [1]; shape as given.

    Parameters
    ----------
    amine_concentration : float or array
        All amine in the vessel, free and bound. [mol/m3]
    vessel : Wash

    Notes
    -----
    Each kind i of site, with the share w_i of the removable salt, is in equilibrium,

        site-CdX2 + 2 A <-> site + CdX2 A2,   K_i = (1 - theta_i) s / (theta_i a^2),

    theta_i the share still occupied, a the free amine and s the salt in solution. Both balances
    hold, with d the displaced salt and N all the removable salt in the vessel:

        s = s_0 + d,   a = A - 2 d,   d = N sum_i w_i (1 - theta_i),

    one increasing equation for d. In a bath of much free salt, s_0 >> N, and much amine each kind
    has 1 - theta = K a^2/(s_0 + K a^2). Without, the displaced salt holds itself back: the first
    of it comes off as sqrt(K/N) a, and diluting the dots takes off more. Amine on the bare sites
    is not counted in the balance. Stoichiometry and the need for two kinds: Drijvers et al., Chem.
    Mater. (2018), doi 10.1021/acs.chemmater.7b05362. Temperature (150 degC, L062) is in K alone.
    """
    from scipy.optimize import brentq

    amine = np.array(amine_concentration, float)
    if not ((amine >= 0) & (amine <= 1e5)).all():
        raise InputError("amine_concentration", amine_concentration, "from 0 to 1e5 mol/m3")
    total = vessel.site_concentration

    def displaced(all_amine):
        def excess(share):
            free = max(all_amine - AMINES * share * total, 0.0)
            return share - vessel.displaced(free, vessel.free_salt + share * total)

        return brentq(excess, 0.0, 1.0, xtol=1e-14, rtol=1e-13) if all_amine > 0 else 0.0

    off = np.array([displaced(one) for one in amine.ravel()]).reshape(amine.shape)
    return 1 - (1 - vessel.tight_fraction) * off
