# /// script
# requires-python = ">=3.11"
# dependencies = ["nox[uv]>=2025.5.1"]
# ///
"""What this project promises to check, one session a promise.

    python3 noxfile.py -s demo      record, replay, check, fuzz, find a drift: no key, no network
    python3 noxfile.py -s tests     the whole test suite

Either line works on a machine with nothing but Python 3.11 and pip: `bootstrap.py` fetches nox itself.
Whoever has nox or uv may say `nox -s tests` or `uv run noxfile.py -s tests`. What stands behind `--` goes to
the tool.
"""

import hashlib
import shutil
import sys
from pathlib import Path

if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - the reader may hold an older Python
        found = f"{sys.version_info[0]}.{sys.version_info[1]}"
        print(f"This project needs Python 3.11 or newer; this is Python {found}.", file=sys.stderr)
        print("  help: run it with a newer one, for example `python3.12 noxfile.py -s demo`", file=sys.stderr)
        sys.exit(2)
    sys.path.insert(0, str(Path(__file__).resolve().parent))  # for a Python that is told to be safe
    import bootstrap

    bootstrap.main(Path(__file__).resolve(), sys.argv[1:])

import nox

ROOT = Path(__file__).parent
EXTRAS = ".[brotli,fuzz,httpx,vcr,zstd]"
G4F = "g4f==0.1.6.2"  # the client that Vitalentum is known by; without its dependencies, see tests/e2e/g4f_client.py
JSONSCHEMA = "jsonschema==4.26.0"  # whose source distribution holds the JSON Schema Test Suite
VCRPY = ("8.2.1", "9.4.2")  # the oldest that loads cassettes safely, and the newest

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests", "lint", "types"]


def prepare(session: nox.Session, *groups: str, project: str = EXTRAS) -> None:
    """Install the project and some dependency groups, once for each content of pyproject.toml.

    The stamp makes the second run quick, and lets it work without a network. Tools are called as modules: scripts
    know the place where they were installed, and a checkout may be moved.
    """
    metadata = nox.project.load_toml(ROOT / "pyproject.toml")
    wanted = ["-e", project] if project else []
    wanted += nox.project.dependency_groups(metadata, *groups) if groups else []
    stamp = Path(session.virtualenv.location) / "prepared"
    digest = hashlib.sha256(repr((wanted, metadata["project"], str(ROOT))).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    install(session, wanted)
    stamp.write_text(digest)


def install(session: nox.Session, wanted: list[str]) -> None:
    """Install, or say in words what to do: an installer's own last line is rarely the cause."""
    try:
        session.install(*wanted)
    except nox.command.CommandFailed:
        session.error(
            "the packages above could not be installed. Without a network: run the session once with one; "
            "behind a mirror: set PIP_INDEX_URL to it"
        )


@nox.session
def demo(session: nox.Session) -> None:
    """Record, replay, check, fuzz, and find a drift of the built-in stand-in; writes demo-report.html."""
    prepare(session, project=".[fuzz]")
    session.run("harness", "demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """The whole suite, on all cores."""
    prepare(session, "test")
    session.run("python", "-m", "pytest", *(session.posargs or ["-n", "auto"]))


@nox.session
def lint(session: nox.Session) -> None:
    """Style and common mistakes."""
    prepare(session, "lint", project="")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Strict typing of the package and of its public face."""
    prepare(session, "types")
    session.run("python", "-m", "mypy", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    prepare(session, "docs", project="")
    where = ("-b", "html", "docs", "docs/_build/html")
    session.run("python", "-m", "sphinx", "-W", "--keep-going", *where, *session.posargs)


@nox.session
def e2e(session: nox.Session) -> None:
    """Whole journeys with other people's servers and clients. Needs Node 20, npm and curl."""
    prepare(session, "e2e")
    session.install("--no-deps", G4F)
    session.run("python", "-m", "pytest", "-m", "e2e", *session.posargs)


@nox.session
def clients(session: nox.Session) -> None:
    """Try other people's clients with broken streams, and write the page about them. Needs Node 20 and npm.

    Takes half an hour. `-- litellm` tries one of them.
    """
    prepare(session, "clients")
    session.install("--no-deps", G4F)
    session.run("python", "-m", "tests.e2e.clienttable", *session.posargs)
    session.run("python", "docs/generate.py", "--no-picture")


@nox.session
@nox.parametrize("version", VCRPY)
def vcrpy(session: nox.Session, version: str) -> None:
    """vcrpy replays our cassettes and keeps our data; we read its tapes. The oldest and the newest version."""
    prepare(session, "test")
    session.install(f"vcrpy=={version}")
    session.run("python", "-m", "pytest", "tests/e2e/test_vcrpy.py", *session.posargs)


@nox.session
def cassettes(session: nox.Session) -> None:
    """Record the cassettes of cassettes/vitalentum again. Needs Node 20 and npm."""
    prepare(session, "test")
    session.run("python", "-m", "cassettes.record", *session.posargs)


@nox.session
def suite(session: nox.Session) -> None:
    """The published JSON Schema Test Suite, as jsonschema's source distribution ships it, through our checks."""
    prepare(session, "test")
    install(session, ["pip"])
    folder = Path(session.create_tmp())
    options = ("--quiet", "--no-deps", "--no-binary", "jsonschema", "--dest", str(folder))
    session.run("python", "-m", "pip", "download", *options, JSONSCHEMA)
    (archive,) = folder.glob(f"{JSONSCHEMA.replace('==', '-')}.tar.gz")
    shutil.unpack_archive(archive, folder, filter="data")
    suite = folder / archive.name.removesuffix(".tar.gz") / "json"
    session.run("python", "-m", "tests.schema_suite", str(suite))


@nox.session
def recordings(session: nox.Session) -> None:
    """Record what other people's servers say again. Needs Node 20 and npm. `-- fakellm` asks one of them."""
    prepare(session, "recordings")
    session.run("python", "-m", "cassettes.others", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Run one of benchmarks/: `-s bench -- NAME [OPTIONS]`. Without a name, say which there are."""
    packages = (path.parent for path in ROOT.glob("benchmarks/*/__main__.py"))
    names = sorted(path.stem for path in (*ROOT.glob("benchmarks/[a-z]*.py"), *packages))
    if not session.posargs or session.posargs[0] not in names:
        session.error(f"name one of: {', '.join(names)}")
    prepare(session, "bench")
    session.run("python", "-m", f"benchmarks.{session.posargs[0]}", *session.posargs[1:])


@nox.session
def nightly(session: nox.Session) -> None:
    """Dig deeper: every test but the end-to-end ones, the slow ones too, with hypothesis' long profile."""
    prepare(session, "test", "atheris")
    deeper = ("-n", "auto", "-m", "not e2e")
    session.run("python", "-m", "pytest", *deeper, *session.posargs, env={"HYPOTHESIS_PROFILE": "nightly"})


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the code in small ways; the tests must fail each time. `-- sse` does one room, `-- --write` the page."""
    prepare(session, "mutation")
    session.run("python", "-m", "tests.mutation", *session.posargs)
