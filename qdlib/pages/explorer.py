"""The explorer: slide the ligand, its metal and the bias, and watch the dots go dark."""

from dataclasses import dataclass, replace
from functools import lru_cache, partial, singledispatch
from html import escape

import ipywidgets
import numpy as np

from ..constants import MILLIAMP_PER_CM2
from ..device.experiment import Hold, Sweep, perform
from ..device.run import Run
from ..errors import InputError
from ..notebook import plots
from ..notebook.bands import band_panel, band_series, name_layers
from ..notebook.citation import cite
from ..notebook.contents import title
from ..notebook.controls import POTENTIAL, Control
from ..notebook.drawing import stacked
from ..notebook.live import Live, Plot, csv_text, defaults
from ..notebook.plots import Axes, Axis, Trace
from ..notebook.quantities import QUANTITIES
from ..notebook.table import stacking_table
from ..paper import samples as paper
from ..paper.materials import LIGANDS, SALTS, label
from ..paper.published import published_values
from ..paper.readings import THRESHOLDS
from ..parameters import parameters
from ..physics.ligand import Couple, Ligand
from ..physics.photometry import srgb
from ..wording import digits, site_count, volts

HIGHEST_BIAS, BIAS_STEP = 5.0, 0.05  # [V]
POTENTIAL_STEP = 0.02  # [V]
HOLDS = {"none": 0.0, "1 s": 1 / 3600, "1 min": 1 / 60, "10 min": 1 / 6, "1 h": 1.0, "10 h": 10.0,
         "50 h": 50.0}  # fmt: skip
HOLD_INSTANTS = 16
INERT = next(one for one in LIGANDS.values() if not one.is_salt)


def _own(ligand):
    """What a ligand sets of the controls: its metal, its potential as a place of the slider."""
    near = round(ligand.couple("Cd").standard_potential / POTENTIAL_STEP) * POTENTIAL_STEP
    return {
        "metal": ligand.metal if ligand.is_salt else "none",
        "potential": round(near, 2),
        "fraction": ligand.fraction,
    }


def _set_by_controls(ligand):
    """Whether they have it all: the metal's couple, or no more of a salt than may be inert."""
    if ligand.is_salt:
        return not ligand.stand_in and ligand.couple() == SALTS[ligand.metal].couple()
    return not ligand.stand_in and ligand.fraction <= parameters()["ligand.tight_fraction"].high


SAMPLES = {one.name: _own(one) for one in LIGANDS.values() if _set_by_controls(one)}
"""The ligands that are presets."""
DARK = 1e-9  # mA/cm2, cd/m2 or %, up to which there is nothing
SAME = 1e-3  # [V], as links round potentials
POTENTIALS = {metal: _own(salt)["potential"] for metal, salt in SALTS.items()}

CONTROLS = (
    Control("bias", "Bias", 2.0, 0.0, HIGHEST_BIAS, BIAS_STEP, "V"),
    Control("fraction", "Residual ligand fraction", 1.0, 0.0, 1.0, 0.01, "",
            help="Share of the metal carboxylate left on the dots; below 0.15 it is inert"),
    Control("metal", "Metal of the ligand", "Cd", choices=(*POTENTIALS, "none", "custom"),
            help="Sets the redox potential; 'none' is an amine or a phosphine"),
    Control("potential", "Redox potential E⁰ of the metal", POTENTIALS["Cd"],
            min(-2.60, *POTENTIALS.values()), max(0.80, *POTENTIALS.values()), POTENTIAL_STEP,
            "V vs NHE", help=POTENTIAL.help),
    Control("level", "Dots' lowest electron level", -0.89, -1.40, -0.40, 0.01, "V vs NHE"),
    Control("film_yield", "Film PL quantum yield", 0.77, 0.05, 1.0, 0.01),
    Control("dwell", "Dwell per 0.05 V step of the sweep", 1.0, 0.01, 100.0, 0.1, "s",
            readout=".3g", log=True),
    Control("hold", "Then held at the bias for", "none", choices=tuple(HOLDS)),
)  # fmt: skip


def sample(name):
    """What a ligand of SAMPLES sets, and the yield of its film on CdSe/CdS."""
    return SAMPLES[name] | {"film_yield": paper.film_yield(paper.CORE_SHELL, name)}


VOLTS = Axis("bias (V)", 0, HIGHEST_BIAS)


def panels(metal="M"):
    """The explorer's panels for a ligand's metal, or "none"; a cursor and a mark show the bias."""
    known = (SALTS | {"none": INERT}).get(metal)
    colour = plots.ligand_colour(known and known.name)

    def voltage_panel(key, title, y, *traces):
        return Axes(
            key, title, VOLTS, y,
            (Trace("cursor", "cursor"), Trace("inert ligand", "comparison"), *traces,
             Trace("model", "model", colour), Trace("now", "now", colour),
             Trace("published", "published", colour)),
        )  # fmt: skip

    return (
        band_panel("band", metal),
        voltage_panel("J", "Current density", Axis("J (mA/cm²)", 1e-6, 1e3, log=True),
                      Trace("of it Faradaic", "part", colour)),
        voltage_panel("L", "Luminance", Axis("L (cd/m²)", 1e-2, 1e5, log=True)),
        voltage_panel("EQE", "External quantum efficiency", Axis("EQE (%)", 1e-2, 40, log=True),
                      Trace("published level", "published range", colour)),
        voltage_panel("PL", "Relative photoluminescence", Axis("PL / fresh PL (%)", 0, 108)),
        voltage_panel("sites", "Reduced sites per dot",
                      Axis("metal atoms per dot", 1e-3, 1e3, log=True)),
    )  # fmt: skip


@dataclass(frozen=True)
class View:
    """What the explorer shows: a swept device, its inert twin, and the bias it stands at."""

    run: Run
    inert: Run
    held: Run | None
    instant: int
    sample: str

    @property
    def now(self):
        """The run and the instant that the bias stands at: in the sweep, or after the hold."""
        return (self.run, self.instant) if self.held is None else (self.held, -1)


def device_for(metal, fraction, potential, level, film_yield):
    """The red QLED of Fig. 1d with a ligand, a dot level [V vs NHE] and a film yield [1]."""
    device = paper.red_qled(paper.cadmium_carboxylate(fraction))
    dot = replace(device.dot, level=level, film_yield=film_yield)
    if metal == "none":
        ligand = Ligand("inert")
    else:
        own = Couple("M", potential) if metal == "custom" else SALTS[metal].couple()
        ligand = replace(device.ligand, name=metal, couple=own)
    return replace(device, dot=dot, ligand=ligand)


def instant_of(bias):
    """The instant of the sweep at a bias [V]."""
    return round(bias / BIAS_STEP)


def inert_twin(device):
    """The same device with an inert ligand."""
    return replace(device, ligand=Ligand("inert"))


def protocols(bias, dwell, hold):
    """The sweep, and the hold after it: none if that is "none"."""
    hours = HOLDS[hold]
    stress = [Hold(voltage=bias, hours=hours, instants_count=HOLD_INSTANTS)] if hours > 0 else []
    return [Sweep(0.0, HIGHEST_BIAS, BIAS_STEP, dwell)], stress


def view(bias, fraction, metal, potential, level, film_yield, dwell, hold):
    """Compute what the controls ask for: a View. Raises InputError for a bias out of reach."""
    device = device_for(metal, fraction, potential, level, film_yield)
    swept, stress = protocols(bias, dwell, hold)
    run = perform(device, swept)
    inert = perform(inert_twin(device), swept)
    instant = instant_of(bias)
    if not run.converged[instant]:
        last = run.voltage[: instant + 1][run.converged[: instant + 1]].max()
        raise InputError("bias", bias, f"one that the solver reaches here, up to {last:.2f} V")
    held = perform(device, stress, since=run.state(instant)) if stress else None
    return View(run, inert, held, instant, nearest_sample(device.ligand))


def nearest_sample(ligand):
    """The CdSe/CdS sample of Table 1 closest in potential and in what can still be reduced."""
    if ligand.couple is None:
        return INERT.name
    salt, distance = nearest_salt(ligand.couple.standard_potential)
    return salt if ligand.reducible_fraction > distance else INERT.name


def nearest_salt(potential):
    """Of the samples with a metal, the one closest in potential [V vs NHE], and how far it is."""
    stated = [one for one in SALTS.values() if _stated(one.name, "peak EQE")]
    away = {one.name: abs(one.couple().standard_potential - potential) for one in stated}
    name = min(away, key=away.get)
    return name, away[name]


def series(shown):
    """Arrays (x, y) of every trace of `panels` for a View, by the trace's name."""
    run, instant = shown.now
    drawn = band_series("band", run, instant)
    volts, bias = shown.run.voltage, shown.run.voltage[shown.instant]
    for panel in panels()[1:]:
        values = QUANTITIES[panel.key].read(shown.run)[1]
        marks = _published_marks(panel.key, shown.sample)
        drawn |= {
            f"{panel.key}/cursor": ([bias, bias], [panel.y.low, panel.y.high]),
            f"{panel.key}/inert ligand": (volts, QUANTITIES[panel.key].read(shown.inert)[1]),
            f"{panel.key}/model": (volts, values),
            f"{panel.key}/now": ([bias], [QUANTITIES[panel.key].read(run)[1][instant]]),
            f"{panel.key}/published": marks,
        }
    drawn["J/of it Faradaic"] = (volts, shown.run.faradaic_current / MILLIAMP_PER_CM2)
    stated = _stated(shown.sample, "peak EQE")
    low, high = stated.low, stated.high
    drawn["EQE/published level"] = (
        [0, HIGHEST_BIAS, np.nan, 0, HIGHEST_BIAS],
        [low, low, np.nan, high, high],
    )
    return drawn


@lru_cache
def _published_marks(key, sample):
    """Published points (x, y) of a sample in a panel; thresholds stand where they are read."""
    found = [
        (stated.value, level)
        for quantity, (axis, level) in THRESHOLDS.items()
        if axis == key and (stated := _stated(sample, quantity))
    ]
    return [bias for bias, _ in found], [level for _, level in found]


@lru_cache
def _stated(sample, quantity):
    """What Figs 1e, 2a or Table 1 state of a CdSe/CdS sample, or None."""
    own = [
        row
        for row in published_values(quantity=quantity)
        if row.sample == paper.CORE_SHELL
        and row.ligand == sample
        and {"1e", "2a", "Table 1"} & set(row.panel.split(";"))
    ]
    return own[-1] if own else None


def numbers(shown):
    """Published against modelled: rows of (quantity, published, modelled, id and place).

    Under the nearest sample's stands what is stated of others that bring the same metal, or none.
    """
    run = shown.run
    modelled = {
        "peak EQE": f"{digits(100 * run.peak_eqe)} %",
        "threshold voltage of current": volts(run.current_threshold, "not reached"),
        "turn-on voltage": volts(run.turn_on_voltage, "not reached"),
        "voltage gap": volts(run.voltage_gap, "not reached"),
    }
    rows = []
    for name, model in modelled.items():
        for ligand in (shown.sample, *_alike(shown.sample)):
            stated, own = _stated(ligand, name), ligand == shown.sample
            if own or stated:
                text, place = (
                    (stated.text, f"{stated.id}: {stated.place}") if stated else ("–", "–")
                )
                rows.append((name if own else f"{name}, {ligand}", text, model, place))
    return rows


def _alike(sample):
    """The other presets that bring the same metal as this one, or none as it does."""
    metal = _own(LIGANDS[sample])["metal"]
    return [name for name, own in SAMPLES.items() if own["metal"] == metal and name != sample]


@singledispatch
def glow(yields, spectrum):
    """Colour of dots that give so many photons [1] with a spectrum."""
    return srgb(spectrum, float(np.clip(yields, 0, 1)))


def patches(shown):
    """HTML of the two glowing patches: the same dots under ultraviolet light and under bias."""
    run, instant = shown.now
    dot = run.device.dot
    spectrum = run.device.optics.spectrum
    light = dot.film_yield * run.relative_photoluminescence[instant]
    electricity = run.internal_quantum_efficiency[instant]
    bias = shown.run.voltage[shown.instant]

    def patch(title, yields, text):
        colour = glow(yields, spectrum)
        percent = f"{digits(100 * yields)} %"
        return (
            f'<div class="qd-patch" style="--glow:{colour}" role="img" '
            f'aria-label="{escape(title)}: {percent}">'
            f"<b>{escape(title)}</b><span>{percent}</span><small>{text}</small></div>"
        )

    return (
        '<div class="qd-patches">'
        + patch("Under ultraviolet light", light, "per absorbed photon: film yield × relative PL")
        + patch(f"Under {bias:.2f} V", electricity, "photons inside per electron (IQE)")
        + "</div>"
    )


def table(shown):
    """HTML table of `numbers`."""
    return stacking_table(
        ("", "published", "this model", "where"),
        [[escape(cell) for cell in row] for row in numbers(shown)],
        caption=f"Beside the nearest sample, CdSe/CdS–{shown.sample}",
    )


def summary(shown):
    """One sentence on what is on the screen."""
    run, instant = shown.now
    bias = shown.run.voltage[shown.instant]
    then = "" if shown.held is None else " after the hold"
    current = run.current_density[instant] / MILLIAMP_PER_CM2
    return (
        f"At {bias:.2f} V{then}: {digits(current, noise=DARK)} mA/cm², "
        f"{digits(run.luminance[instant], noise=DARK)} cd/m², "
        f"EQE {digits(100 * run.external_quantum_efficiency[instant], noise=DARK)} %, "
        f"{site_count(run.reduced_sites_per_dot[instant])} reduced sites per dot, "
        f"{digits(100 * run.relative_photoluminescence[instant])} % of the fresh photoluminescence."
    )


def csv(values, shown):
    """Name and text of the file to download: the settings as comments, then the columns."""
    return f"qdlib_{values['metal']}_{values['fraction']:.2f}.csv", csv_text(values, columns(shown))


def columns(shown):
    """The columns of the sweep, and under them those of the hold, if there is one."""
    held = {"hold": shown.held.columns} if shown.held else {}
    return stacked({"sweep": shown.run.columns} | held)


LEGEND = (
    '<p class="qd-legend"><span class="line"></span> this model &ensp;'
    '<span class="line dash"></span> the Faradaic part &ensp;'
    '<span class="line faint"></span> the same dots with an inert ligand &ensp;'
    '<span class="line dots"></span> bias, published range &ensp;◇ published &ensp;'
    "● at this bias. In the band diagram: edges grey, quasi-Fermi levels dashed "
    f'(<span style="color:{plots.ELECTRONS}">▬</span> electrons, '
    f'<span style="color:{plots.HOLES}">▬</span> holes), the metal couple’s level coloured: '
    "where the electrons’ level rises above it, the ligand’s metal is reduced.</p>"
)


def metal_of(device):
    """The metal of a device's ligand, or "none"."""
    couple = device.ligand.couple
    return couple.metal if couple else "none"


def figure(metal):
    """The explorer's plotly figure, empty, with the layers named in the band diagram."""
    made = plots.figure(panels(metal), lead=True)
    return name_layers(made, 1, paper.red_qled().stack)


def follow(name, values):
    """A metal brings its potential, and a potential its metal, if it is that of one."""
    if name == "metal" and values["metal"] in POTENTIALS:
        return {"potential": POTENTIALS[values["metal"]]}
    if name == "potential" and POTENTIALS.get(values["metal"]) != values["potential"]:
        return {"metal": next(filter(partial(_is_of, values["potential"]), SALTS), "custom")}
    return {}


def _is_of(potential, metal):
    exact = SALTS[metal].couple().standard_potential
    return potential == POTENTIALS[metal] or abs(potential - exact) < SAME


def explorer():
    """The dashboard, as a widget."""
    plot = Plot(figure("M"), "explorer", title("explorer"))
    glow, numbers_box, said = (ipywidgets.HTML() for _ in range(3))
    last = {"metal": None}

    def draw(**values):
        shown = view(**values)
        metal = metal_of(shown.run.device)
        if metal != last["metal"]:
            plot.show(figure(metal))
        plot.update(series(shown))
        glow.value, numbers_box.value, said.value = patches(shown), table(shown), summary(shown)
        last.update(values=values, shown=shown, metal=metal)

    live = Live(CONTROLS, draw, lambda: csv(last["values"], last["shown"]), follow)
    presets = {label(name): (f"CdSe/CdS dots with {name}", sample(name)) for name in SAMPLES}
    stressed = sample("Cd(RCOO)2") | {"bias": 2.0, "hold": "50 h"}
    presets["Fig. 2b: 2 V for 50 h"] = "Cd(RCOO)2 held at 2 V, as in Fig. 2b", stressed
    legend = ipywidgets.HTML(LEGEND)
    return live.arrange(
        presets, [glow], [plot, legend, said.add_class("qd-said"), numbers_box, cite("explorer")]
    )


def check():
    """The explorer's numbers for the paper's samples as text, for the notebook's check cell."""
    lines = []
    for name in SAMPLES:
        shown = view(**defaults(CONTROLS) | sample(name))
        at, light = shown.instant, shown.run.relative_photoluminescence
        beside = "" if shown.sample == name else f", beside {shown.sample}"
        lines.append(
            f"{name}, at 2 V: {site_count(shown.run.reduced_sites_per_dot[at])} reduced sites per "
            f"dot, PL {digits(100 * light[at])} %{beside}"
        )
        lines += [f"  {row[0]:<30}{row[1]:>16}  model {row[2]}" for row in numbers(shown)]
    held = view(**defaults(CONTROLS) | {"hold": "50 h"})
    light = 100 * held.held.relative_photoluminescence[-1]
    return "\n".join([*lines, f"Cd(RCOO)2 after 50 h at 2 V: PL {digits(light)} %"])
