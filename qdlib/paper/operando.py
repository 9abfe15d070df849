"""The optical bench of Fig. S4: a faint photoluminescence, read in a diode that shines itself."""

from dataclasses import dataclass

import numpy as np

from ..parameters import parameters
from ..physics.lockin import LockIn, chopped, detect, detector

PER_INSTANT = 20  # points of time at each instant of a run
CYCLES, PER_CYCLE = 5, 64  # of the chopper on the detector's screen, and samples in each


@dataclass(frozen=True, eq=False)
class DetectorSignal:
    """What the detector gives during some cycles of the chopper, at one bias.

    Light is in units of the fresh photoluminescence.

    bias : [V]; time : [s] (n,); total, photoluminescence : less their means (n,)
    left, background : photoluminescence and electroluminescence at that bias [1]
    noise : standard deviation that shot noise alone gives behind the amplifier [1]
    """

    bias: float
    time: np.ndarray
    total: np.ndarray
    photoluminescence: np.ndarray
    left: float
    background: float
    noise: float


@dataclass(frozen=True, eq=False)
class OperandoReading:
    """An experiment as the bench sees it; light is in units of the fresh photoluminescence.

    time : [s]; bias : [V]; true, background, recovered : photoluminescence, electroluminescence,
        and what the amplifier gives, over time (K,)
    rate : photoelectrons from the fresh photoluminescence [1/s]; seed : of the noise
    """

    amplifier: LockIn
    time: np.ndarray
    bias: np.ndarray
    true: np.ndarray
    background: np.ndarray
    recovered: np.ndarray
    rate: float
    seed: int

    @property
    def error(self):
        """Standard deviation of what is recovered about the truth, noise and lag together [1]."""
        return float(np.std(self.recovered - self.true))

    def signal_at(self, bias):
        """The raw signal at the instant that is first nearest to a bias [V]: DetectorSignal."""
        at, frequency = int(np.argmin(np.abs(self.bias - bias))), self.amplifier.frequency
        left, background = float(self.true[at]), float(self.background[at])
        time = (np.arange(CYCLES * PER_CYCLE) + 0.5) / PER_CYCLE / frequency
        total = detector(time, left, background, self.rate, frequency, self.seed) / self.rate
        light = left * chopped(time, frequency)
        return DetectorSignal(
            bias=float(self.bias[at]),
            time=time,
            total=total - total.mean(),
            photoluminescence=light - light.mean(),
            left=left,
            background=background,
            noise=float(self.amplifier.relative_noise(background + left / 2, self.rate)),
        )


def read_operando(run, photoluminescence, background, amplifier, seed=1):
    """Follow the photoluminescence of a diode during a Run, through a lock-in amplifier.

    photoluminescence : the true one, over that of the fresh diode, at each instant [1] (K,)
    background : electroluminescence where the run is brightest, over the fresh photoluminescence
        [1]; amplifier : LockIn; seed : of the noise

    Returns an OperandoReading with PER_INSTANT points of time at each instant of the run.
    """
    rate = parameters()["lock-in.rate"].value
    part = (np.arange(PER_INSTANT) + 0.5) / PER_INSTANT
    start = run.time - run.duration
    time = (start[:, None] + run.duration[:, None] * part).ravel()
    true = np.repeat(photoluminescence, PER_INSTANT)
    glow = background * np.repeat(run.luminance / run.luminance.max(), PER_INSTANT)
    recovered = detect(time, true, glow, rate, amplifier, seed)
    return OperandoReading(
        amplifier=amplifier,
        time=time,
        bias=np.repeat(run.voltage, PER_INSTANT),
        true=true,
        background=glow,
        recovered=recovered,
        rate=rate,
        seed=seed,
    )
