"""What the figures were measured on and with: never who or where."""

import os
import platform
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("flowcc", "numba", "numpy", "pyarrow", "pyzmq", "bytewax", "pathway", "polars", "duckdb", "scipy")
MANIFEST = Path(__file__).parent / "peers" / "dfir" / "Cargo.toml"


def machine() -> dict[str, str | int | float]:
    """Return the processor, its cores, the memory and the system."""
    return {
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "memory in GiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
    }


def processor() -> str:
    """Return the processor's model as the system names it."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or "unknown"
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else "unknown"


def versions() -> dict[str, str]:
    """Return the version of everything that takes part; what is not installed says so."""
    found = {"Python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    if found["flowcc"] == "not installed":
        from flowcc.version import VERSION

        found["flowcc"] = VERSION
    return found | {"dfir_rs": pinned("dfir_rs"), "rustc": rustc()}


def pinned(crate: str) -> str:
    """Return the version of a crate that the manifest asks for."""
    found = re.search(rf'^{crate} = .*"=([^"]+)"', MANIFEST.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else "unknown"


def rustc() -> str:
    """Return the version of the Rust compiler."""
    try:
        said = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "not installed"
    return said.split()[1]
