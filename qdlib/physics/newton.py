"""One step of Newton's method for drift and diffusion, compiled; the equations: transport.py.

The unknowns of a node are (dy, dn/n, dp/p): the continuity equations are linear in the densities,
so that even a jump of volts converges. The bias is one more unknown where the current is given:
it moves the potential of the anode, and no density at a contact. The step is therefore solved for
two right sides, what is left of the equations and one thermal voltage more at the anode, and the
bias follows from the current (a bordered system, by its Schur complement).

Only exp, expm1, log1p and memory that the caller lends are used.
"""

import numpy as np

from .compiled import compiler

FAINT = 14.0  # [Vt]: a millionth of the product of the densities
FAINTLY = 0.1  # what a change of a carrier counts there that takes no part

compiled = compiler()


@compiled
def bernoulli(u):
    """B(u) = u/expm1(u) and its derivative."""
    if abs(u) < 1e-2:
        u2 = u * u
        return 1 - u / 2 + u2 / 12 - u2 * u2 / 720, -0.5 + u / 6 - u * u2 / 180
    e = np.expm1(u)
    b = u / e
    return b, (1 - b - u) / e


@compiled
def linearise(v, y, fn, fp, m, traps, slope, gain, step, tangent, bordered):
    """Newton's step at bias v [Vt], and if `bordered` how a step of the bias would change it.

    y, fn, fp, m : of transport.py; traps, slope : centres and their derivative by ln n [1/m3] (N,)
    step : is filled with (dy, dn/n, dp/p), tangent, if bordered, with its derivative by v (N, 3)
    gain : work space (N, 3, 3)
    Returns the current density after the step and its derivative by v [1/m2s], over the charge; the
    derivative is NaN if not bordered.

    Each element adds to the rows of its two nodes; a node's 3x3 row is eliminated as soon as it is
    complete (block Thomas).
    """
    nodes = y.size
    gain[0, :, :] = 0.0
    step[0, :] = 0.0
    tangent[0, 0], tangent[0, 1], tangent[0, 2] = 1.0, 0.0, 0.0
    # diagonal block and right side of the current node, as left by the element before it
    d00 = d01 = d02 = d10 = d11 = d12 = d20 = d21 = d22 = r0 = r1 = r2 = 0.0
    l00 = l10 = l11 = l20 = l22 = 0.0
    # current through the first element, and its derivatives by the next node's unknowns
    current = by_u = by_n1 = by_p1 = 0.0
    en, ep = np.exp(y[0] - fn[0]), np.exp(fp[0] + v - y[0])
    for e in range(nodes - 1):
        en_next = np.exp(y[e + 1] - fn[e + 1])
        ep_next = np.exp(fp[e + 1] + v - y[e + 1])
        half = 0.5 * m[0, e]
        ke = m[1, e]
        nl, nr = m[4, e] * en, m[4, e] * en_next
        pl, pr = m[5, e] * ep, m[5, e] * ep_next
        u = y[e + 1] - y[e]
        b, db = bernoulli(u)
        # particle fluxes to the right and their derivatives by u
        fluxn = m[2, e] * b * nr * np.expm1(fn[e + 1] - fn[e])
        fluxp = -m[3, e] * b * pl * np.expm1(fp[e + 1] - fp[e])
        gn = m[2, e] * (nl * (1 + db) - nr * db)
        gp = m[3, e] * (pl * db - pr * (1 + db))
        nl_out, nr_in = m[2, e] * nl * (b + u), m[2, e] * nr * b
        pl_out, pr_in = m[3, e] * pl * b, m[3, e] * pr * (b + u)
        if e == 0:
            current, by_u, by_n1, by_p1 = fluxp - fluxn, gp - gn, nr_in, -pr_in
        else:
            rate, by_n, by_p = recombination(
                nl, pl, fn[e] - fp[e] - v, m[7, e], m[8, e], m[10, e], m[9, e] + traps[e], slope[e]
            )
            d00 -= ke
            d01 -= half * nl
            d02 += half * pl
            d10 -= gn
            d11 += nl_out + half * by_n
            d12 += half * by_p
            d20 -= gp
            d21 += half * by_n
            d22 += pl_out + half * by_p
            r0 -= ke * u + half * (pl - nl + m[6, e])
            r1 -= fluxn + half * rate
            r2 -= fluxp + half * rate
            # eliminate the node before
            g = gain[e - 1]
            s = step[e - 1]
            d00 -= l00 * g[0, 0]
            d01 -= l00 * g[0, 1]
            d02 -= l00 * g[0, 2]
            r0 -= l00 * s[0]
            d10 -= l10 * g[0, 0] + l11 * g[1, 0]
            d11 -= l10 * g[0, 1] + l11 * g[1, 1]
            d12 -= l10 * g[0, 2] + l11 * g[1, 2]
            r1 -= l10 * s[0] + l11 * s[1]
            d20 -= l20 * g[0, 0] + l22 * g[2, 0]
            d21 -= l20 * g[0, 1] + l22 * g[2, 1]
            d22 -= l20 * g[0, 2] + l22 * g[2, 2]
            r2 -= l20 * s[0] + l22 * s[2]
            # solve the 3x3 block for the columns of the next node and the right sides
            i0 = 1.0 / d00
            a01, a02, c0, s0 = d01 * i0, d02 * i0, ke * i0, r0 * i0
            d11 -= d10 * a01
            d12 -= d10 * a02
            i1 = 1.0 / d11
            a12 = d12 * i1
            c1, s1 = (gn - d10 * c0) * i1, (r1 - d10 * s0) * i1
            c11 = -nr_in * i1
            d21 -= d20 * a01
            d22 -= d20 * a02 + d21 * a12
            i2 = 1.0 / d22
            g = gain[e]
            s = step[e]
            g20 = (gp - d20 * c0 - d21 * c1) * i2
            g21 = -d21 * c11 * i2
            g22 = -pr_in * i2
            s2 = (r2 - d20 * s0 - d21 * s1) * i2
            g[2, 0], g[2, 1], g[2, 2], s[2] = g20, g21, g22, s2
            g10, g11, g12 = c1 - a12 * g20, c11 - a12 * g21, -a12 * g22
            s1 -= a12 * s2
            g[1, 0], g[1, 1], g[1, 2], s[1] = g10, g11, g12, s1
            g[0, 0] = c0 - a01 * g10 - a02 * g20
            g[0, 1] = -a01 * g11 - a02 * g21
            g[0, 2] = -a01 * g12 - a02 * g22
            s[0] = s0 - a01 * s1 - a02 * s2
            if bordered:
                t = tangent[e - 1]
                t0 = -l00 * t[0] * i0
                t1 = (-l10 * t[0] - l11 * t[1] - d10 * t0) * i1
                t2 = (-l20 * t[0] - l22 * t[2] - d20 * t0 - d21 * t1) * i2
                t1 -= a12 * t2
                t = tangent[e]
                t[0], t[1], t[2] = t0 - a01 * t1 - a02 * t2, t1, t2

        # what the element adds to the node on its right
        l00, l10, l11, l20, l22 = ke, gn, -nl_out, gp, -pl_out
        rate, by_n, by_p = recombination(
            nr,
            pr,
            fn[e + 1] - fp[e + 1] - v,
            m[7, e],
            m[8, e],
            m[10, e],
            m[9, e] + traps[e + 1],
            slope[e + 1],
        )
        d00, d01, d02 = -ke, -half * nr, half * pr
        d10, d11, d12 = -gn, nr_in + half * by_n, half * by_p
        d20, d21, d22 = -gp, half * by_n, pr_in + half * by_p
        r0 = ke * u - half * (pr - nr + m[6, e])
        r1 = fluxn - half * rate
        r2 = fluxp - half * rate
        en, ep = en_next, ep_next

    step[nodes - 1, :] = 0.0
    tangent[nodes - 1, :] = 0.0
    for i in range(nodes - 2, 0, -1):
        _substitute(gain[i], step[i], step[i + 1])
        if bordered:
            _substitute(gain[i], tangent[i], tangent[i + 1])
    s, t = step[1], tangent[1]
    current += by_u * s[0] + by_n1 * s[1] + by_p1 * s[2]
    return current, by_u * (t[0] - 1) + by_n1 * t[1] + by_p1 * t[2] if bordered else np.nan


@compiled
def recombination(n, p, split, radiative, capture, reached, centres, slope):
    """Recombination rate [1/m3s] and its derivatives by ln n and ln p.

    split : of the quasi-Fermi levels, reversed [Vt]; reached : n1 + p1 of the centres [1/m3]
    centres, slope : their density and its derivative by ln n [1/m3]
    """
    if radiative == 0.0 and (capture == 0.0 or centres == 0.0):
        return 0.0, 0.0, 0.0
    spread = 1.0 / (n + p + reached)
    trapped = capture * spread * centres
    pairs = n * p
    excess = -pairs * np.expm1(split)
    both = (radiative + trapped) * pairs
    crowded = trapped * excess * spread
    by_n = both - crowded * n + capture * spread * slope * excess
    return (radiative + trapped) * excess, by_n, both - crowded * p


@compiled
def _substitute(gain, here, after):
    a, b, c = after[0], after[1], after[2]
    for k in range(3):
        here[k] -= gain[k, 0] * a + gain[k, 1] * b + gain[k, 2] * c


@compiled
def update(dv, y, fn, fp, step, tangent, faintly):
    """Take a step and `dv` [Vt] of its tangent, in place; the largest change, NaN if one is.

    tangent : of a bordered step; nothing is read of it where `dv` is 0

    Where the quasi-Fermi levels lie FAINT closer together than elsewhere, nothing recombines to
    speak of: the change of the carrier that is left over there counts `faintly` [1].
    """
    last = y.size - 1
    change, total, widest = abs(dv), dv, -np.inf
    for i in range(1, last):
        widest = max(widest, fp[i] - fn[i])
    for i in range(1, last):
        a, b, c = step[i, 0], step[i, 1], step[i, 2]
        if dv != 0.0:
            a += dv * tangent[i, 0]
            b += dv * tangent[i, 1]
            c += dv * tangent[i, 2]
        most = max(abs(b), abs(c))
        if fp[i] - fn[i] < widest - FAINT:
            most = max(min(abs(b), abs(c)), faintly * most)
        change = max(change, abs(a), most)
        total += a + b + c
        y[i] += a
        fn[i] += a - np.log1p(max(b, -0.999))
        fp[i] += a - dv + np.log1p(max(c, -0.999))
    y[0] += dv
    fn[0] += dv
    fp[last] -= dv
    return change if np.isfinite(total) else np.nan  # max() does not see a NaN
