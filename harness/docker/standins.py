"""Stand-ins for the base images, which cannot be pulled here.

They have what `images/` relies on: users, paths, variables and entry points of the official images
(facts from their public Dockerfiles), a real Debian 13 with a real Java 21, and the real executor
of Kaniko. Where Jenkins itself would be is a small Java program of ours that behaves like the part
of Jenkins that a test looks at; see `tests/images/standins`. Nothing here proves anything about
Jenkins or its plugins.

What takes time is made once and kept in ``.tools``.
"""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from jenkins_platform_cli.pulumi_cli import golang
from jenkins_plugins import lock
from jenkins_plugins.commons_lang import SHA256

from harness.docker.engine import Engine
from harness.jenkins.update_center import Facts
from harness.stacks import go_tools

HERE = Path(__file__).parents[2] / "tests" / "images" / "standins"
JAVA = HERE / "java"
DEBIAN = "standin/debian:13"
UPDATE_CENTER_URL = "file:///usr/share/standin/update-center"
COMMONS_LANG_URL = "file:///usr/share/standin/commons-lang-2.6.jar"
"""In the stand-in for the controller's base, as builds have no network here."""
_KANIKO_MODULE = "github.com/osscontainertools/kaniko"
_COMMONS_LANG = "commons-lang/commons-lang/2.6/commons-lang-2.6.jar"
_SUITE = "trixie"
_INCLUDED = (
    *("ca-certificates", "curl", "git", "openjdk-21-jdk-headless", "openssh-client"),
    *("procps", "unzip"),
)
_INSTALLABLE = ("awscli", "busybox-static", "jq", "patchelf", "python3", "tini", "zip")
"""Packages that the Dockerfiles install. They come from a folder in the image, so that the builds
need no network."""
_LEFT_OUT = (
    *("./usr/lib/jvm", "./usr/share/doc", "./usr/share/man", "./usr/share/locale"),
    *("./usr/share/perl", "./usr/lib/*-linux-gnu/perl", "./usr/lib/*-linux-gnu/gconv"),
    *("./var/cache/apt", "./var/lib/apt/lists", "./proc", "./sys", "./dev"),
)
_DPKG_OPTIONS = """
force-unsafe-io
path-exclude /usr/share/doc/*
path-exclude /usr/share/man/*
path-exclude /usr/share/locale/*
path-exclude /usr/bin/py3compile
"""
"""As in Debian's own slim images; and no Python is compiled ahead, which takes longer than all the
rest of a build."""


def kaniko_executor() -> Path:
    """The real executor, built from source once."""
    flags = f"-X {_KANIKO_MODULE}/pkg/version.version=v{{version}}"
    return go_tools.built("kaniko", f"{_KANIKO_MODULE}/cmd/executor", flags) / "executor"


def debian() -> Path:
    """Folder with ``root``, a Debian with a JDK, and ``image.tar``, the same without it."""
    parts = (_SUITE, _INCLUDED, _INSTALLABLE, _LEFT_OUT, _DPKG_OPTIONS, _JAVA_RUNTIME)
    recipe = hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
    folder = golang.TOOLS / "debian" / recipe
    with golang.exclusive(golang.TOOLS):
        if not (folder / "image.tar").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            _bootstrap(folder / "root")
            in_root(folder / "root", _JAVA_RUNTIME)
            _package_folder(folder / "root")
            _pack(folder)
    return folder


_MODULES = (
    *("java.base", "java.logging", "java.management", "java.naming", "java.net.http"),
    *("java.security.jgss", "java.sql", "java.xml", "jdk.crypto.ec"),
)
_JAVA_RUNTIME = f"""
jlink --add-modules {",".join(_MODULES)} --strip-java-debug-attributes --compress=zip-6 \
  --no-man-pages --no-header-files --output /opt/java/openjdk
"""


def _bootstrap(root: Path) -> None:
    """The machine's own mirror is debootstrap's default, or the one that apt uses."""
    _run(
        "debootstrap",
        "--variant=minbase",
        f"--include={','.join(_INCLUDED)}",
        _SUITE,
        str(root),
        *_mirror(),
    )


def _mirror() -> list[str]:
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
    ).stdout
    ours = [line.split()[1] for line in listed.splitlines() if line.startswith("Debian ")]
    return [m for m in dict.fromkeys(ours) if not m.rstrip("/").endswith("-security")][:1]


def _package_folder(root: Path) -> None:
    """Make an apt repository of ``_INSTALLABLE`` inside the image the only one it knows."""
    in_root(
        root,
        "apt-get update -qq && rm -f /var/cache/apt/archives/*.deb && apt-get install -y -qq"
        f" --no-install-recommends --download-only {' '.join(_INSTALLABLE)}"
        " && mkdir /srv/packages && mv /var/cache/apt/archives/*.deb /srv/packages/",
    )
    packages = root / "srv" / "packages"
    entries = []
    for archive in sorted(packages.glob("*.deb")):
        fields = subprocess.run(
            ["dpkg-deb", "--field", str(archive)], capture_output=True, text=True, check=True
        ).stdout.strip()
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        size = archive.stat().st_size
        entries.append(f"{fields}\nFilename: ./{archive.name}\nSize: {size}\nSHA256: {digest}\n")
    (packages / "Packages").write_text("\n".join(entries))
    (root / "etc/dpkg/dpkg.cfg.d/docker").write_text(_DPKG_OPTIONS)
    (root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/packages ./\n")


def _pack(folder: Path) -> None:
    partial = folder / "image.tar.partial"
    excluded = [f"--exclude={path}/*" for path in _LEFT_OUT]
    _run("tar", "-C", str(folder / "root"), *excluded, "-cf", str(partial), ".")
    partial.rename(folder / "image.tar")


def in_root(root: Path, script: str) -> str:
    """Run a script in a root folder, with ``/proc``, in private mounts."""
    inner = (
        f"mount -t proc proc {root}/proc && exec chroot {root} /bin/sh -ec {shlex.quote(script)}"
    )
    return _run("unshare", "--mount", "--propagation", "private", "sh", "-ec", inner)


def _run(*command: str) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


def jar(program: str, *libraries: Path) -> Path:
    """Compile a Java program of ours and pack it as a jar that can be started.

    Args:
        program: Class with the ``main`` method: a file, or one of a folder of its name in lower
            case. The link between controller and agent belongs to both.
        libraries: Jars that it needs. It looks for them in ``lib`` beside itself.
    """
    folder = JAVA / program.lower()
    sources = sorted(folder.glob("*")) if folder.exists() else [JAVA / f"{program}.java"]
    if program == "Jenkins":
        sources.append(JAVA / "agent" / "Link.java")
    content = b"".join(source.read_bytes() for source in sources)
    recipe = hashlib.sha256(content).hexdigest()[:12]
    target = debian() / "jars" / f"{program}-{recipe}.jar"
    with golang.exclusive(golang.TOOLS):
        if not target.exists():
            root = target.parent.parent / "root"
            work = root / "tmp" / program
            shutil.rmtree(work, ignore_errors=True)
            (work / "lib").mkdir(parents=True)
            for source in sources:
                shutil.copy(source, work)
            for library in libraries:
                shutil.copy(library, work / "lib")
            names = " ".join(f"lib/{library.name}" for library in libraries)
            in_root(
                root,
                f"cd /tmp/{program} && javac -cp 'lib/*' -d classes *.java"
                " && { cp *.yaml classes/ 2>/dev/null || true; }"
                f" && printf 'Main-Class: {program}\\nClass-Path: {names} \\n' >manifest"
                " && jar --create --file out.jar --manifest manifest -C classes .",
            )
            target.parent.mkdir(exist_ok=True)
            shutil.copy(work / "out.jar", target)
    return target


def jenkins_libraries() -> list[Path]:
    """The libraries of the stand-in for Jenkins, from Maven Central by Maven itself."""
    pom = JAVA / "jenkins" / "pom.xml"
    recipe = hashlib.sha256(pom.read_bytes()).hexdigest()[:12]
    target: Path = golang.TOOLS / "maven" / f"jenkins-{recipe}"
    with golang.exclusive(golang.TOOLS):
        if not target.exists():
            partial = target.with_name("partial")
            shutil.rmtree(partial, ignore_errors=True)
            goal = ["dependency:copy-dependencies", f"-DoutputDirectory={partial}"]
            maven = ["mvn", "--quiet", "--batch-mode", "--file", str(pom), *goal]
            subprocess.run(maven, check=True)
            partial.rename(target)
    return sorted(target.iterdir())


def commons_lang() -> Path:
    """Commons Lang 2.6, from where users' builds get it."""
    return maven(_COMMONS_LANG, SHA256)


def maven(path: str, digest: str) -> Path:
    """A file of the Maven repository that the controller's Dockerfile names."""
    dockerfile = (golang.ROOT / "images/controller/Dockerfile").read_text()
    (repository,) = re.findall(
        rf"^ARG COMMONS_LANG=(\S+){re.escape(_COMMONS_LANG)}$", dockerfile, re.MULTILINE
    )
    target: Path = golang.TOOLS / "maven" / path.rsplit("/", 1)[1]
    if not target.exists():
        with urllib.request.urlopen(repository + path, timeout=60) as answer:
            content = answer.read()
        assert hashlib.sha256(content).hexdigest() == digest
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return target


def make(engine: Engine, **tags: str) -> None:
    """Make the stand-ins, called ``standin/<name>``.

    Args:
        tags: Tag by name of the stand-in, as the Dockerfiles will ask for it. Default ``latest``.
    """
    packed = debian() / "image.tar"
    # `import` and not `load`: one layer, no history.
    engine.client.api.import_image_from_file(str(packed), *DEBIAN.split(":"))
    for name, prepare in _FILES.items():
        context = engine.folder / f"standin-{name}"
        shutil.copytree(HERE / name, context)
        prepare(context)
        engine.build(context, f"standin/{name}:{tags.get(name, 'latest')}")


def contexts(folder: Path) -> None:
    """Copy the build contexts. The copied lock has no hashes: the stand-in for the tool makes
    its own archives."""
    shutil.copytree(golang.ROOT / "images", folder)
    path = folder / "controller" / "plugins.lock"
    locked = lock.read(path)
    plugins = {name: replace(release, sha256="") for name, release in locked.plugins.items()}
    lock.write(path, replace(locked, plugins=plugins))


def _jenkins_files(context: Path) -> None:
    libraries = jenkins_libraries()
    shutil.copy(jar("Jenkins", *libraries), context / "jenkins.war")
    shutil.rmtree(context / "lib", ignore_errors=True)
    (context / "lib").mkdir()
    for path in libraries:
        shutil.copy(path, context / "lib")
    Facts.of_the_lock().write(context / "update-center")
    shutil.copy(commons_lang(), context)
    for name, library in (
        ("plugin", None),
        ("amazon-ecs", jar("EcsCloud", commons_lang())),
        ("aws-credentials", jar("EcsCloud", commons_lang())),
    ):
        with zipfile.ZipFile(context / f"{name}.jpi", "w") as plugin:
            plugin.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
            if library:
                plugin.write(library, f"WEB-INF/lib/{name}.jar")


_FILES: dict[str, Callable[[Path], object]] = {
    "jenkins": _jenkins_files,
    "inbound-agent": lambda context: shutil.copy(jar("Agent"), context / "agent.jar"),
    "kaniko": lambda context: shutil.copy(kaniko_executor(), context / "executor"),
    "busybox": lambda context: None,
    "python": lambda context: None,
}
"""What goes into the build context of each stand-in besides what is in the repository."""
