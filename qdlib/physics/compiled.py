"""numba's compiler, with a cache that knows what a function calls.

numba keeps what it has compiled until the function's own file changes, whatever becomes of the
functions of other files that are compiled into it.
"""

from pathlib import Path

from numba import njit


def read_only(*arrays):
    """Let nobody write to arrays that others are handed as well."""
    for array in arrays:
        array.setflags(write=False)


def compiler(*modules):
    """Decorator that compiles a function of arrays, numbers and tuples of them; kept on disk.

    Python may do something else meanwhile, on another core: `device.together`.
    modules : of which the function calls something; a change of their files outdates it as well
    """

    def compiled(function):
        dispatcher = njit(cache=True, error_model="numpy", nogil=True)(function)
        names = [__file__, function.__code__.co_filename, *(module.__file__ for module in modules)]
        files = [Path(name).stat() for name in names]
        cache = dispatcher._cache._cache_file  # numba has no public way to say so
        cache._source_stamp = [(one.st_mtime, one.st_size) for one in files]
        return dispatcher

    return compiled
